import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds between two questions: what is done within seconds shall not wait for us, what takes minutes shall not be asked all the time. */
const planPause = (waited: number): number => (waited < 5_000 ? 200 : waited < 30_000 ? 1000 : 3000)

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
