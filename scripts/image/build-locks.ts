import { hostname } from 'node:os'
import { type BuildLock, decideLockIsDead, parseBuildLock } from '../../images/build-lock.ts'
import type { Target } from '../target.ts'
import { isAlive } from '../terraform/run-record.ts'
import type { ImageStore } from './image-store.ts'
import { listObjects } from './list-objects.ts'

export interface FoundLock {
  readonly key: string
  /** undefined: unreadable. */
  readonly lock: BuildLock | undefined
  readonly dead: boolean
  /** ISO 8601 */
  readonly modifiedAt: string
}

/** Seen from this computer, now. */
export const isDead = async (lock: BuildLock | undefined): Promise<boolean> =>
  decideLockIsDead(lock, {
    now: new Date(),
    host: hostname(),
    ownerIsAlive: lock !== undefined && (await isAlive(lock)),
  })

/** The locks of builds under way, and of those that died over it. */
export const listBuildLocks = async (target: Target, store: ImageStore): Promise<FoundLock[]> => {
  const objects = await listObjects(target, 'images/')
  const found = await Promise.all(
    objects
      .filter(({ key }) => key.endsWith('/build.lock'))
      .map(async ({ key, modifiedAt }): Promise<FoundLock[]> => {
        const stored = await store.read(key)
        if (stored === undefined) return []
        const lock = parseBuildLock(stored.text)
        return [{ key, lock, dead: await isDead(lock), modifiedAt }]
      }),
  )
  return found.flat()
}

/** Ids of the builds that somebody alive is at. */
export const listRunning = (locks: readonly FoundLock[]): Set<string> =>
  new Set(locks.flatMap(({ lock, dead }) => (lock === undefined || dead ? [] : [lock.build])))
