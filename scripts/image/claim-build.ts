import { hostname, userInfo } from 'node:os'
import { names } from '../../config/names.ts'
import type { Story } from '../../config/story.ts'
import { UserError } from '../../config/user-error.ts'
import { type BuildLock, parseBuildLock } from '../../images/build-lock.ts'
import { poll } from '../aws/poll.ts'
import { findBirth } from '../terraform/run-record.ts'
import { isDead } from './build-locks.ts'
import type { ImageStore } from './image-store.ts'

/** The right to build one digest, and what a dead build of it may have left. */
export interface Claim {
  readonly takenOver: BuildLock | undefined
  release(): Promise<void>
}

const describeOwner = (): string => {
  try {
    return `${userInfo().username}@${hostname()}`
  } catch {
    return hostname()
  }
}

const makeLock = async (build: string, deadline: Date): Promise<BuildLock> => ({
  build,
  owner: describeOwner(),
  host: hostname(),
  pid: process.pid,
  born: (await findBirth(process.pid)) ?? 'unknown',
  deadline: deadline.toISOString(),
})

/** undefined: somebody alive holds it, and that is who. */
const tryClaim = async (
  store: ImageStore,
  key: string,
  text: string,
): Promise<{ readonly takenOver: BuildLock | undefined } | { readonly holder: BuildLock }> => {
  for (;;) {
    if (await store.write(key, text, 'absent')) return { takenOver: undefined }
    const found = await store.read(key)
    if (found === undefined) continue
    const holder = parseBuildLock(found.text)
    if (holder !== undefined && !(await isDead(holder))) return { holder }
    // Only one of several that find it dead replaces exactly this one.
    if (await store.write(key, text, { etag: found.etag })) return { takenOver: holder }
  }
}

export interface ClaimOptions {
  readonly store: ImageStore
  readonly digest: string
  readonly build: string
  readonly deadline: Date
  readonly story: Story
  readonly signal: AbortSignal
}

/**
 * One builds a digest, others wait until that one is done.
 * @returns undefined when another one has been waited for: what it was to make may be there now
 */
export const claimBuild = async (options: ClaimOptions): Promise<Claim | undefined> => {
  const { store, digest, build, deadline, story, signal } = options
  const key = names.imageLockKey(digest)
  const text = JSON.stringify(await makeLock(build, deadline))
  const claimed = await tryClaim(store, key, text)
  if ('holder' in claimed) {
    await waitForOther(store, key, claimed.holder, story, signal)
    return undefined
  }
  return {
    takenOver: claimed.takenOver,
    async release() {
      // After the deadline it may be somebody else's.
      if ((await store.read(key))?.text === text) await store.remove(key)
    },
  }
}

const waitForOther = async (
  store: ImageStore,
  key: string,
  holder: BuildLock,
  story: Story,
  signal: AbortSignal,
): Promise<void> =>
  story.step(`${holder.owner} builds this very image (build ${holder.build}); waiting for it`, (note) => {
    note(`its deadline is ${holder.deadline}`)
    const seconds = Math.max(0, (new Date(holder.deadline).getTime() - Date.now()) / 1000) + 10
    return poll(
      signal,
      seconds,
      async () => {
        const found = await store.read(key)
        const lock = found === undefined ? undefined : parseBuildLock(found.text)
        return lock?.build !== holder.build || (await isDead(lock)) ? true : undefined
      },
      () =>
        new UserError(`${holder.owner} still builds this image after its deadline, ${holder.deadline}`, {
          hint: 'ask there; npm run sandbox:sweep -- --plan shows what builds have left',
        }),
    ).then(() => {})
  })
