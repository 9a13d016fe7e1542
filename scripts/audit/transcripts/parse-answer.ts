import { UserError } from '../../../config/user-error.ts'
import { printable } from '../../../config/user-name.ts'
import { textAt } from '../tree.ts'
import { parseTree } from './lines.ts'
import type { SessionFile } from './transcript.ts'

export interface Collected {
  readonly files: readonly SessionFile[]
  /** Files there was no room for. */
  readonly left: number
  /** Why the database of classic chats could not be read. */
  readonly why: string | undefined
}

/**
 * What collect.py has printed. The start files of the sandbox user may print what they like before the mark, and the
 * sandbox is what is looked into: whatever it says is only taken in the form that was asked for.
 */
export const parseAnswer = (text: string, mark: string): Collected => {
  const at = text.indexOf(`${mark}\n`)
  const lines = at === -1 ? [] : text.slice(at + mark.length + 1).split('\n')
  const records = lines.map(parseTree).filter((record) => record !== undefined)
  const end = records.at(-1)
  if (end === undefined || typeof end.left !== 'number')
    throw new UserError(
      `the chats did not arrive whole: ${printable(text.slice(-200).trim()) || 'no answer'}`,
      {
        hint: 'again; if it stays like that, look at what ~/.bashrc does there: npm run ssm:connect -- --shell',
      },
    )
  const files = records.flatMap((record): SessionFile[] => {
    const { path, text, at, cut } = record
    if (typeof path !== 'string' || typeof text !== 'string' || typeof at !== 'number') return []
    return [{ path, text, at: Math.round(at * 1000), cut: cut === true }]
  })
  return { files, left: end.left, why: textAt(end, 'why') }
}
