import { UserError } from '../../config/user-error.ts'
import type { SshHome } from './home.ts'

const refused = new Set(['EACCES', 'EPERM', 'EROFS'])

/** People keep their config where only another tool may write; the line is then theirs to put there. */
export const explainWrite = (error: unknown, { place, include }: SshHome): unknown => {
  const { code, path } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC')
    return new UserError(`no space left to write ${path ?? place.folder}`, {
      hint: 'free some space and run the same command again',
      cause: error,
    })
  if (code === undefined || !refused.has(code)) return error
  return new UserError(`cannot write ${path ?? place.userConfig}: ${code}`, {
    hint: `if that file is for another tool to write, put this line at its top yourself: ${include}`,
    cause: error,
  })
}
