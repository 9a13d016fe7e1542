import { exitCode, UserError, usageError } from '../../config/user-error.ts'
import type { Io } from './io.ts'

/** Goes on only with a yes: typed as a flag or at the terminal. @param what as in "remove two images" */
export const askFor = async (io: Io, yes: boolean, what: string): Promise<void> => {
  if (yes) return
  if (!io.interactive)
    throw usageError(`to ${what} needs a yes, and there is no terminal to ask on`, 'add --yes')
  if (!(await io.confirm(`${what.charAt(0).toUpperCase()}${what.slice(1)}?`)))
    throw new UserError('nothing was changed', { exitCode: exitCode.interrupted })
}

/** `1 image`, `2 images` */
export const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`
