import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'

/** A line and where it begins in its file. */
export interface Line {
  readonly text: string
  /** Byte. */
  readonly start: number
}

const chunkSize = 64 * 1024
const newline = 0x0a

/** Whole lines before `end`, last one first; only as much is read as is asked for. */
function* linesBefore(descriptor: number, end: number): Generator<Line> {
  let position = end
  // What lies between position and the next line that was given out already.
  let rest = Buffer.alloc(0)
  while (position > 0) {
    const size = Math.min(chunkSize, position)
    const chunk = Buffer.alloc(size)
    position -= size
    readSync(descriptor, chunk, 0, size, position)
    rest = Buffer.concat([chunk, rest])
    for (let mark = rest.lastIndexOf(newline); mark !== -1; mark = rest.lastIndexOf(newline)) {
      if (mark + 1 < rest.length) yield { text: rest.toString('utf8', mark + 1), start: position + mark + 1 }
      rest = rest.subarray(0, mark)
    }
  }
  if (rest.length > 0) yield { text: rest.toString(), start: 0 }
}

export interface Opened {
  readonly inode: number
  /** Before this byte, or all. */
  lines(end?: number): Generator<Line>
  /** The line that begins there. */
  lineAt(start: number): string
  close(): void
}

/** Longer than any record: parameters are cut before they are written. */
const longestLine = 1024 * 1024

const readLineAt = (descriptor: number, start: number): string => {
  const buffer = Buffer.alloc(longestLine)
  const size = readSync(descriptor, buffer, 0, buffer.length, start)
  const end = buffer.subarray(0, size).indexOf(newline)
  return buffer.toString('utf8', 0, end === -1 ? size : end)
}

/** undefined when there is no such file. An open file stays the same one when the journal is rotated. */
export const openBackwards = (file: string): Opened | undefined => {
  if (!existsSync(file)) return undefined
  const descriptor = openSync(file, 'r')
  const { ino, size } = fstatSync(descriptor)
  return {
    inode: ino,
    lines: (end = size) => linesBefore(descriptor, Math.min(end, size)),
    lineAt: (start) => (start < size ? readLineAt(descriptor, start) : ''),
    close: () => closeSync(descriptor),
  }
}
