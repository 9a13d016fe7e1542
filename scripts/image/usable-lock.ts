import { chooseLock, type LoadedLock } from './load-lock.ts'
import type { ImageContext } from './open.ts'
import { requireLock } from './open.ts'

/**
 * The lock to build from. A stand-in is made of what its makers publish that day, so the committed lock may not
 * fit the one of this computer: then it gets a lock of its own, which is said, and kept.
 */
export const requireUsableLock = async (context: ImageContext): Promise<LoadedLock> => {
  const { ground, paths, io } = context
  const { chosen, misfits } = await chooseLock(paths, ground)
  if (chosen === undefined && misfits.length > 0 && ground.ownLockFile !== undefined) {
    io.story.say(`A lock of its own for this computer, because ${misfits.join('; ')}`)
    const { resolveLock, updateLock } = await import('./lock.ts')
    await updateLock(context, (before) => resolveLock(context, before))
  }
  return requireLock(context)
}
