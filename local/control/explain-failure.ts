import { UserError } from '../../config/user-error.ts'
import type { DaemonStart } from './spawn-daemon.ts'

export type DaemonFailure = Extract<DaemonStart, { error: string }>

const rawLog = 'npm run local:logs -- --raw'

const firstLine = (text: string): string => text.trim().split('\n').at(-1)?.replace(/\.$/, '') ?? ''

const noSpace = (text: string): boolean => /ENOSPC|No space left|disk is full/i.test(text)

/** Why the local target did not start, in words that say what to type. */
export const explainFailure = ({ error, detail, code }: DaemonFailure, python: string): UserError => {
  const why = firstLine(detail)
  if (noSpace(detail) || code === 'ENOSPC')
    return new UserError(`the disk is full: ${why}`, {
      hint: 'free some space and type the same again; nothing is lost',
    })
  if (error === 'corrupt')
    return new UserError(`the books of the local target cannot be read: ${why}`, {
      hint: 'npm run local:reset  (starts anew and keeps the old ones as a backup)',
    })
  if (error === 'version')
    return new UserError(`the books of the local target belong to another version: ${why}`, {
      hint: 'npm run local:reset  (starts anew)',
    })
  if (error === 'self-check')
    return new UserError(`moto is not the one this target was written for: ${why}`, { hint: 'npm run setup' })
  if (error === 'python')
    return new UserError(`python cannot be started: ${python}: ${why}`, { hint: 'npm run setup' })
  if (/No module named/.test(detail))
    return new UserError(`${python} has no moto: ${why}`, { hint: 'npm run setup' })
  return new UserError(`the local target did not start: ${why}`, { hint: rawLog })
}
