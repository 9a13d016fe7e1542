/** Lets so many run at a time; the others wait in the order in which they came. */
export const createLimit = (most: number) => {
  let running = 0
  const waiting: (() => void)[] = []
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      // The place is handed on, so that nobody can slip in between.
      if (next === undefined) running -= 1
      else next()
    }
  }
}

/** Runs a job; asked again while it runs, it runs once more afterwards. Everybody gets a run that began after the asking. */
export const createRepeater = (job: () => Promise<void>) => {
  let current: Promise<void> | undefined
  let next: Promise<void> | undefined
  const start = (): Promise<void> => {
    const run = job().finally(() => {
      if (current === run) current = undefined
    })
    current = run
    return run
  }
  return (): Promise<void> => {
    if (next !== undefined) return next
    if (current === undefined) return start()
    next = current
      .catch(() => {})
      .then(() => {
        next = undefined
        return start()
      })
    return next
  }
}
