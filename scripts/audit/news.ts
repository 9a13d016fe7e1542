import type { Band } from './bands.ts'
import { inertText } from './inert.ts'
import { clock, planMarks, renderRow } from './render-text.ts'
import type { Row } from './row.ts'

interface Item {
  readonly at: number
  /** Within a second: a window opens before what is done in it, and ends after. */
  readonly rank: 0 | 1 | 2
  readonly text: string
}

export interface News {
  readonly lines: readonly string[]
  /** Marks of windows that have been told. */
  readonly told: ReadonlySet<string>
  /** Of the line before. */
  readonly day: string
}

export const noNews: News = { lines: [], told: new Set(), day: '' }

const planRows = (rows: readonly Row[], bands: readonly Band[]): readonly Item[] =>
  rows.map((row) => {
    const at = Date.parse(row.time)
    const inside = bands.some(({ from, until }) => from <= at && at <= until)
    return { at, rank: 1, text: `${inside ? '┃' : ' '} ${clock(row.time)}  ${renderRow(row)}` }
  })

/**
 * What a person who follows is told next: rows that are new, and windows that were opened or have ended since. An end
 * that turns out to have been another one is told again.
 */
export const planNews = (
  rows: readonly Row[],
  bands: readonly Band[],
  now: number,
  before: News = noNews,
): News => {
  const marks = planMarks(bands).filter(
    ({ at, depth, band, text }) =>
      at <= now && !(depth < 0 && band.holds) && !before.told.has(`${band.from} ${text}`),
  )
  const marked = marks.map(({ at, depth, text }): Item => ({ at, rank: depth > 0 ? 0 : 2, text }))
  const items = [...marked, ...planRows(rows, bands)].sort((a, b) => a.at - b.at || a.rank - b.rank)
  let { day } = before
  const lines: string[] = []
  for (const { at, text } of items) {
    const today = new Date(at).toISOString().slice(0, 10)
    if (today !== day) lines.push(`${today} (UTC)`)
    day = today
    lines.push(inertText(text))
  }
  return {
    lines,
    day,
    told: new Set([...before.told, ...marks.map(({ band, text }) => `${band.from} ${text}`)]),
  }
}
