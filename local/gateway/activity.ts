/** Counts calls and knows since when nobody has called. Monotonic: a clock that jumps ends nothing. */
export interface Activity {
  touch(): void
  during<T>(work: () => Promise<T>): Promise<T>
  count(status: number): void
  calls(): number
  errors(): number
  /** Milliseconds without a call; 0 while one is in flight. */
  idle(): number
  /** Resolves when nothing is in flight, or after so many milliseconds. */
  quiet(milliseconds: number): Promise<void>
}

export const createActivity = (now: () => number): Activity => {
  let last = now()
  let inFlight = 0
  let calls = 0
  let errors = 0
  const waiting = new Set<() => void>()
  return {
    touch: () => {
      last = now()
    },
    async during(work) {
      inFlight += 1
      try {
        return await work()
      } finally {
        inFlight -= 1
        last = now()
        if (inFlight === 0) for (const wake of waiting) wake()
      }
    },
    count(status) {
      calls += 1
      if (status >= 400) errors += 1
    },
    calls: () => calls,
    errors: () => errors,
    idle: () => (inFlight > 0 ? 0 : now() - last),
    quiet: (milliseconds) =>
      new Promise((resolve) => {
        if (inFlight === 0) return resolve()
        const wake = () => {
          clearTimeout(timer)
          waiting.delete(wake)
          resolve()
        }
        const timer = setTimeout(wake, milliseconds)
        waiting.add(wake)
      }),
  }
}
