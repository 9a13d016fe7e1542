import { closeSync, fstatSync, openSync, readSync, renameSync, writeSync } from 'node:fs'
import type { Parameters } from './parameters.ts'

/** One call, as `npm run local:logs` shows it. */
export interface JournalRecord {
  readonly time: string
  readonly ms: number
  readonly service: string
  readonly operation: string
  readonly region: string
  readonly principal: string | null
  readonly accessKeyId: string | null
  readonly source: string
  readonly userAgent: string | null
  readonly status: number
  readonly error: string | null
  readonly requestId: string
  readonly parameters: Parameters
  /** Ids that stood in the answer to a call that changed something; see made.ts. Left out when there are none. */
  readonly made?: readonly string[]
}

export interface Journal {
  write(record: JournalRecord): void
  /** Writes what waits, now. */
  flush(): void
  close(): void
}

export interface JournalOptions {
  readonly file: string
  readonly log: (line: string) => void
  readonly largest?: number
}

const twentyMegabytes = 20 * 1024 * 1024
/** Callers do not wait for the disk; a kill -9 may cost this much. */
const latest = 100

/** A process that was killed may have left half a line: the next one must not be glued to it. */
const endsTorn = (descriptor: number, size: number): boolean => {
  if (size === 0) return false
  const last = Buffer.alloc(1)
  readSync(descriptor, last, 0, 1, size - 1)
  return last[0] !== 0x0a
}

const open = (file: string) => {
  const descriptor = openSync(file, 'a+', 0o600)
  const { size } = fstatSync(descriptor)
  return { descriptor, size, torn: endsTorn(descriptor, size) }
}

/** Appends records as JSON lines; keeps one old file. */
export const openJournal = ({ file, log, largest = twentyMegabytes }: JournalOptions): Journal => {
  let target: ReturnType<typeof open> | undefined
  let waiting: string[] = []
  let timer: NodeJS.Timeout | undefined
  let complained = false

  const append = (text: string) => {
    target ??= open(file)
    if (target.size > largest) {
      closeSync(target.descriptor)
      target = undefined
      renameSync(file, file.replace(/\.jsonl$/, '.1.jsonl'))
      target = open(file)
    }
    const bytes = Buffer.from(target.torn ? `\n${text}` : text)
    target.torn = true
    let done = 0
    while (done < bytes.length) done += writeSync(target.descriptor, bytes, done)
    target.torn = false
    target.size += bytes.length
  }

  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (waiting.length === 0) return
    const lines = waiting
    waiting = []
    try {
      append(lines.join(''))
      complained = false
    } catch (error) {
      // The work of a person matters more than its record; but it is said, once.
      if (!complained)
        log(`the journal ${file} cannot be written, calls go unrecorded: ${(error as Error).message}`)
      complained = true
    }
  }

  return {
    write(record) {
      waiting.push(`${JSON.stringify(record)}\n`)
      timer ??= setTimeout(flush, latest)
    },
    flush,
    close() {
      flush()
      if (target !== undefined) closeSync(target.descriptor)
      target = undefined
    },
  }
}
