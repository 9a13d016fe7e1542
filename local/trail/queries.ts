import { randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { renderEvent } from './event.ts'
import { isKnown, type JournalFiles, recordsFrom } from './look-up.ts'
import { openBackwards } from './read-backwards.ts'
import type { LakeEvent } from './sql/columns.ts'
import type { Query } from './sql/query.ts'

export type QueryRow = readonly Readonly<Record<string, string>>[]

export interface Run {
  readonly id: string
  readonly sql: string
  readonly begun: number
  status: 'RUNNING' | 'FINISHED' | 'FAILED' | 'CANCELLED'
  rows: readonly QueryRow[]
  error: string | undefined
  scanned: number
  bytes: number
  ended: number
}

/** `2023-01-22 16:53:53.000`, as answers have times. */
const renderTime = (at: number): string => new Date(at).toISOString().replace('T', ' ').replace('Z', '')

const renderRow = ({ columns }: Query, event: LakeEvent): QueryRow =>
  columns.map(({ typed, kind, read }) => {
    const value = read(event)
    const name = typed.split('.').at(-1) ?? typed
    return { [name]: value === null ? '' : kind === 'time' ? renderTime(value as number) : String(value) }
  })

const timeOf = ({ record }: LakeEvent): number => Date.parse(String(record.eventTime))

/** Others want to be answered while a long journal is read. */
const turn = 256

const scan = async (files: JournalFiles, query: Query, run: Run): Promise<void> => {
  const opened = [files.file, files.older].flatMap((name) => openBackwards(name) ?? [])
  const found: LakeEvent[] = []
  try {
    for (const { record } of recordsFrom(opened, undefined)) {
      run.scanned += 1
      if (run.scanned % turn === 0) await setImmediate()
      if (run.status !== 'RUNNING') return
      if (!isKnown(record)) continue
      const json = renderEvent(record).CloudTrailEvent
      run.bytes += Buffer.byteLength(json)
      const event = { json, record: JSON.parse(json) as LakeEvent['record'] }
      if (query.where(event) === true) found.push(event)
    }
  } finally {
    for (const one of opened) one.close()
  }
  if (query.newestFirst !== undefined)
    found.sort((a, b) => (timeOf(a) - timeOf(b)) * (query.newestFirst === true ? -1 : 1))
  run.rows = found.slice(0, query.limit).map((event) => renderRow(query, event))
}

/** Answers of so many are kept. */
const most = 20

export interface Queries {
  readonly start: (sql: string, query: Query) => Run
  readonly find: (id: string) => Run | undefined
}

/** Runs queries side by side with everything else; each is read from the journal as it is then. */
export const createQueries = (files: JournalFiles, now: () => number = Date.now): Queries => {
  const runs = new Map<string, Run>()
  const finish = async (query: Query, run: Run): Promise<void> => {
    try {
      await scan(files, query, run)
      if (run.status === 'RUNNING') run.status = 'FINISHED'
    } catch (error) {
      run.status = 'FAILED'
      run.error = (error as Error).message
    }
    run.ended = now()
  }
  return {
    find: (id) => runs.get(id),
    start(sql, query) {
      const run: Run = {
        ...{ id: randomUUID(), sql, begun: now(), status: 'RUNNING', rows: [], error: undefined },
        ...{ scanned: 0, bytes: 0, ended: 0 },
      }
      runs.set(run.id, run)
      const [oldest] = runs.keys()
      if (runs.size > most && oldest !== undefined) runs.delete(oldest)
      void finish(query, run)
      return run
    },
  }
}
