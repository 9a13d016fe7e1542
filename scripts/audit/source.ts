import type { AuditEvent } from './event.ts'
import type { Subject } from './subject.ts'

export interface Range {
  /** Milliseconds since 1970, by AWS's clock. */
  readonly from: number
  readonly until: number | undefined
}

type Events = AsyncIterable<AuditEvent>

/** Where events come from, each stream newest first: the event history of regions, or an event data store. */
export interface Source {
  /** Windows and machines; read before the story is told. */
  readonly first: (subject: Subject, range: Range) => readonly Events[]
  readonly story: (subject: Subject, range: Range) => readonly Events[]
  /** What was written to the elevated role; undefined: asking for that costs too much. */
  readonly ofRole: ((subject: Subject, range: Range) => Events) | undefined
  /** Milliseconds since 1970: what is older is not kept, or may not be. */
  readonly oldest: number
}
