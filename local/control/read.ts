import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Paths } from '../../config/paths.ts'
import type { ControlStatus } from '../gateway/internal.ts'
import { askStatus, findDaemon } from './probe.ts'

export interface ControlPlane extends ControlStatus {
  readonly endpoint: string
  readonly accountId: string
  readonly stateBytes: number
}

/** Files may come and go while we look. */
const sizeOf = (path: string): number => {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}

const sizeOfFolder = (folder: string): number => {
  try {
    return readdirSync(folder).reduce((sum, name) => sum + sizeOf(join(folder, name)), 0)
  } catch {
    return 0
  }
}

/** What runs for this checkout; undefined when nothing does. Starts nothing, keeps nothing alive. */
export const readControlPlane = async (paths: Paths): Promise<ControlPlane | undefined> => {
  const control = await findDaemon(paths.local)
  const status = control === undefined ? undefined : await askStatus(control)
  if (control === undefined || status === undefined) return undefined
  return {
    ...status,
    endpoint: `http://127.0.0.1:${control.port}`,
    accountId: control.accountId,
    stateBytes: sizeOfFolder(paths.local),
  }
}
