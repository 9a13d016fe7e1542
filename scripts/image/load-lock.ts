import { readFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { Paths } from '../../config/paths.ts'
import { type ImageLock, parseLock } from '../../images/lock.ts'
import type { ImageGround } from './ground.ts'

export interface LoadedLock {
  readonly lock: ImageLock
  /** As a person would type it. */
  readonly file: string
}

/** undefined: no such file. */
export const readLock = async (paths: Pick<Paths, 'root'>, file: string): Promise<LoadedLock | undefined> => {
  try {
    const text = await readFile(isAbsolute(file) ? file : join(paths.root, file), 'utf8')
    return { lock: parseLock(text, file), file }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

export interface LockChoice {
  readonly chosen: LoadedLock | undefined
  /** Why those that exist cannot be built here, one line each. */
  readonly misfits: readonly string[]
}

/** The lock that builds here: this computer's own where the committed one does not fit. */
export const chooseLock = async (paths: Pick<Paths, 'root'>, ground: ImageGround): Promise<LockChoice> => {
  const misfits: string[] = []
  for (const file of [ground.lockFile, ground.ownLockFile]) {
    const found = file === undefined ? undefined : await readLock(paths, file)
    if (found === undefined) continue
    const reason = ground.misfit(found.lock)
    if (reason === undefined) return { chosen: found, misfits }
    misfits.push(`${found.file}: ${reason}`)
  }
  return { chosen: undefined, misfits }
}
