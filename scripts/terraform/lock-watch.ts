import { setTimeout as sleep } from 'node:timers/promises'
import type { StateStore } from '../aws/state.ts'
import { parseLockTime } from './failure.ts'

/** Clocks of one machine, read by two programs. */
const slack = 1000
const every = 250

/**
 * Looks for the lock that our Terraform takes, and tells its id once, so that the next run can tell it from a
 * stranger's. Terraform itself does not say it.
 */
export const watchLock = (
  store: StateStore,
  stack: string,
  seen: (id: string) => Promise<void>,
): { stop: () => Promise<void> } => {
  const stopped = new AbortController()
  const since = Date.now() - slack
  const look = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      // A look that fails costs nothing: there is another one, and Terraform meets the same trouble.
      const lock = await store.findLock(stack).catch(() => undefined)
      if (lock !== undefined && parseLockTime(lock.created) >= since) return seen(lock.id)
      await sleep(every, undefined, { signal: stopped.signal }).catch(() => {})
    }
  }
  const watching = look()
  return {
    stop: () => {
      stopped.abort()
      return watching
    },
  }
}
