import { isWanted, type Wanted } from './filter.ts'
import { type Ground, growGround } from './ground.ts'
import { mergeNewestFirst } from './merge.ts'
import { planRow, type Row } from './row.ts'
import type { Range, Source } from './source.ts'
import { belongs } from './subject.ts'

export interface Telling {
  readonly ground: Ground
  readonly source: Source
  readonly range: Range
  readonly wanted: Wanted
  readonly link: (row: Row) => Promise<Row>
}

/** The rows of one engineer's story, newest first. */
export async function* tellStory({ ground, source, range, wanted, link }: Telling): AsyncGenerator<Row> {
  const { subject, bands } = ground
  for await (const event of mergeNewestFirst(source.story(subject, range))) {
    if (!belongs(event, subject)) continue
    const row = planRow(event, subject, bands)
    if (isWanted(row, wanted)) yield await link(row)
  }
}

export interface Look {
  /** Newest first. */
  readonly rows: readonly Row[]
  readonly ground: Ground
}

/** The same while it goes on: what has happened since may be a window, or a new machine. */
export const lookOnce = async (telling: Telling, now: number): Promise<Look> => {
  const { source, range, wanted, link } = telling
  const events = []
  for await (const event of mergeNewestFirst(source.story(telling.ground.subject, range))) events.push(event)
  const ground = growGround(telling.ground, events, now)
  const rows: Row[] = []
  for (const event of events) {
    if (!belongs(event, ground.subject)) continue
    const row = planRow(event, ground.subject, ground.bands)
    if (isWanted(row, wanted)) rows.push(await link(row))
  }
  return { rows, ground }
}
