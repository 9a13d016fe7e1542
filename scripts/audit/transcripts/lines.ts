import { isTree, type Tree } from '../tree.ts'
import type { Draft } from './draft.ts'

export const parseTree = (text: string): Tree | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isTree(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The records of a file that is written line by line, perhaps at this very moment. */
export function* recordsOf(text: string, draft: Pick<Draft, 'unreadable'>): Generator<Tree> {
  let start = 0
  while (start < text.length) {
    const found = text.indexOf('\n', start)
    const end = found === -1 ? text.length : found
    const line = text.slice(start, end).trim()
    start = end + 1
    if (line === '') continue
    const record = parseTree(line)
    if (record !== undefined) yield record
    // What has no end of line yet is not done; that is no fault of the file.
    else if (found !== -1) draft.unreadable += 1
  }
}

/** ISO 8601, or a number of seconds or milliseconds since 1970. */
export const timeOf = (value: unknown): number | undefined => {
  const at =
    typeof value === 'string'
      ? Date.parse(value)
      : typeof value === 'number'
        ? value * (value < 1e11 ? 1000 : 1)
        : NaN
  return Number.isFinite(at) && at > 0 && at < 8.64e15 ? Math.round(at) : undefined
}
