import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { controlPath } from '../control/control-file.ts'

const inode = (file: string): number | undefined => {
  try {
    return statSync(file).ino
  } catch {
    return undefined
  }
}

/**
 * Looks now and then whether the folder is still ours. Somebody may have removed it under a running daemon,
 * which would then answer from books that no restart can find; or only the control file, without which nobody
 * finds the daemon.
 */
export const watchBooks = (folder: string) => {
  const books = join(folder, 'control.db')
  const ours = inode(books)
  return {
    areGone: (): boolean => inode(books) !== ours,
    controlFileIsGone: (): boolean => !existsSync(controlPath(folder)),
  }
}
