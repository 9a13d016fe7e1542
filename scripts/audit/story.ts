import type { Wanted } from './filter.ts'
import { isWanted } from './filter.ts'
import type { Ground } from './find-subject.ts'
import type { Ask, Range } from './lookup.ts'
import { mergeNewestFirst } from './merge.ts'
import { planQuestions } from './questions.ts'
import { planRow, type Row } from './row.ts'
import { belongs } from './subject.ts'

export interface Telling {
  readonly ground: Ground
  readonly ask: Ask
  readonly region: string
  readonly range: Range
  readonly wanted: Wanted
  readonly link: (row: Row) => Promise<Row>
}

/** The rows of one engineer's story, newest first. */
export async function* tellStory(telling: Telling): AsyncGenerator<Row> {
  const { ground, ask, region, range, wanted, link } = telling
  const { subject, bands } = ground
  const answers = planQuestions(subject, region).map((question) => ask(question, range))
  for await (const event of mergeNewestFirst(answers)) {
    if (!belongs(event, subject)) continue
    const row = planRow(event, subject, bands)
    if (isWanted(row, wanted)) yield await link(row)
  }
}
