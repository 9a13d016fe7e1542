import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as delay } from 'node:timers/promises'

export interface FollowOptions {
  readonly file: string
  /** Where the older part lies after the file was rotated. */
  readonly older: string
  readonly lines: number
  readonly keep: (line: string) => boolean
  readonly follow: boolean
  readonly signal: AbortSignal
}

export const journalFiles = (folder: string) => ({
  file: join(folder, 'journal.jsonl'),
  older: join(folder, 'journal.1.jsonl'),
})
export const logFiles = (folder: string) => ({
  file: join(folder, 'gateway.log'),
  older: join(folder, 'gateway.log.1'),
})

const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '')

/** Whole lines only: the last one may still be on its way. */
const wholeLines = (text: string): string[] =>
  text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')

const lastLines = ({ file, older, lines, keep }: FollowOptions): { lines: string[]; read: number } => {
  const text = read(file)
  const mine = wholeLines(text).filter(keep)
  const before = mine.length < lines ? wholeLines(read(older)).filter(keep) : []
  return {
    lines: [...before, ...mine].slice(-lines),
    read: Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1)),
  }
}

const everySoOften = 150

/** The last lines, and with `follow` those to come until the signal; survives rotation and a restart. */
export async function* tailLines(options: FollowOptions): AsyncGenerator<string> {
  const start = lastLines(options)
  yield* start.lines
  if (!options.follow) return
  let descriptor: number | undefined
  let position = start.read
  let decoder = new StringDecoder('utf8')
  let rest = ''
  try {
    while (!options.signal.aborted) {
      if (descriptor === undefined && existsSync(options.file)) descriptor = openSync(options.file, 'r')
      const chunk = Buffer.alloc(65_536)
      const size = descriptor === undefined ? 0 : readSync(descriptor, chunk, 0, chunk.length, position)
      position += size
      const parts = (rest + decoder.write(chunk.subarray(0, size))).split('\n')
      rest = parts.pop() ?? ''
      yield* parts.filter((line) => line !== '' && options.keep(line))
      if (size > 0) continue
      if (descriptor !== undefined && isReplaced(descriptor, options.file)) {
        closeSync(descriptor)
        descriptor = undefined
        position = 0
        rest = ''
        decoder = new StringDecoder('utf8')
        continue
      }
      await delay(everySoOften, undefined, { signal: options.signal }).catch(() => {})
    }
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

const isReplaced = (descriptor: number, file: string): boolean => {
  try {
    return statSync(file).ino !== fstatSync(descriptor).ino
  } catch {
    return false // Between rename and the new file.
  }
}
