import { type AuditEvent, parseEvent, parseRecord } from '../event.ts'
import type { Range, Source } from '../source.ts'
import { type Bounds, planFirstQuery, planStoryQuery } from './query.ts'
import { findResources } from './resources.ts'

export interface LakeOptions {
  readonly store: string
  /** Runs a query, and gives the records that it finds. */
  readonly run: (sql: string) => AsyncIterable<string>
  /** Milliseconds since 1970. */
  readonly now: number
  readonly onUnreadable: () => void
}

/** CloudTrail Lake: one query before the story, one for it. */
export const createLake = ({ store, run, now, onUnreadable }: LakeOptions): Source => {
  const bounds = ({ from, until }: Range): Bounds => ({ from, until: until ?? now })
  const events = async function* (sql: string): AsyncGenerator<AuditEvent> {
    for await (const text of run(sql)) {
      const record = parseRecord(text)
      const event =
        record === undefined
          ? undefined
          : parseEvent({ CloudTrailEvent: text, Resources: findResources(record) })
      if (event === undefined) onUnreadable()
      else yield event
    }
  }
  return {
    first: (subject, range) => [events(planFirstQuery(subject, store, bounds(range)))],
    story: (subject, range) => [events(planStoryQuery(subject, store, bounds(range)))],
    // Months of a store would be scanned, and paid for, for one event.
    ofRole: undefined,
    oldest: Number.NEGATIVE_INFINITY,
  }
}
