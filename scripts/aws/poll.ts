import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Milliseconds between two questions: nobody waits for us for more than a quarter of what it took anyway, and what
 * takes minutes is not asked all the time.
 */
const planPause = (waited: number): number => Math.min(3000, Math.max(200, waited / 4))

/** Asks until there is an answer. Ends with the reason of the signal; `late` when the time is over. */
export const poll = async <T>(
  signal: AbortSignal,
  seconds: number,
  ask: () => Promise<T | undefined>,
  late: () => Error,
): Promise<T> => {
  const started = performance.now()
  for (;;) {
    signal.throwIfAborted()
    const answer = await ask()
    if (answer !== undefined) return answer
    const waited = performance.now() - started
    if (waited > seconds * 1000) throw late()
    await sleep(planPause(waited), undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}
