import { randomUUID } from 'node:crypto'
import { existsSync, renameSync, rmSync } from 'node:fs'
import type { Paths } from '../../config/paths.ts'
import { clearEngine } from '../engine/clear.ts'
import { findDaemon } from './probe.ts'
import { isRefused } from './refusal-file.ts'
import { stopControlPlane, stopDaemon } from './stop.ts'

export interface Reset {
  readonly stopped: boolean
  readonly existed: boolean
  /** Where books that could not be read are kept. */
  readonly backup: string | undefined
}

/** A rename onto a folder that holds something fails, so two resets never share a backup. */
const moveToBackup = (folder: string): string => {
  for (let number = 1; ; number += 1) {
    const backup = `${folder}.broken-${number}`
    if (existsSync(backup)) continue
    try {
      renameSync(folder, backup)
      return backup
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error
    }
  }
}

const discard = async (folder: string): Promise<void> => {
  // First away in one step: a reset that is killed half way leaves no half of the books where a start would look.
  const doomed = `${folder}.discarded-${randomUUID()}`
  renameSync(folder, doomed)
  // Somebody may have started one between our stop and our rename.
  const late = await findDaemon(doomed)
  if (late !== undefined) await stopDaemon(late)
  rmSync(doomed, { recursive: true, force: true })
}

/** Everything the local target knows is gone afterwards, and none of its processes, machines and mounts is left. */
export const resetControlPlane = async (paths: Paths): Promise<Reset> => {
  const stopped = await stopControlPlane(paths)
  if (!existsSync(paths.local)) return { stopped, existed: false, backup: undefined }
  // Before its folder moves: the engine's run folder is named after where it lies.
  await clearEngine(paths.local)
  if (isRefused(paths.local)) return { stopped, existed: true, backup: moveToBackup(paths.local) }
  await discard(paths.local)
  return { stopped, existed: true, backup: undefined }
}
