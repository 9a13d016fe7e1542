import type { Band } from './bands.ts'
import { inertText } from './inert.ts'
import type { Row } from './row.ts'

export const clock = (time: string): string => time.slice(11, 19)
const iso = (at: number): string => new Date(at).toISOString()

/** `assumed-role/KiroEngineer/alice` of an ARN. */
const shortName = (who: string): string => who.split(':').slice(5).join(':') || who

const windowName = ({ mode, reason }: Band): string => {
  if (mode === 'foreign') return 'a policy under the name of the window that is none of ours'
  return `${mode === 'push' ? 'session handed over' : 'window'}: ${reason ?? 'no reason recorded'}`
}

const planDetail = (row: Row): string => {
  const from = row.role === 'other' ? `by ${shortName(row.who)}` : `from ${row.address}`
  const outside = row.role === 'elevated' && row.window === null && row.result === 'ok' ? ' (no window)' : ''
  const log = row.log === null ? '' : ` log ${row.log.group}:${row.log.stream}`
  return `${[row.what, from].filter((part) => part !== '').join(' ')}${outside}${log}`
}

interface Line {
  readonly time: string
  readonly text: string
  count: number
}

export interface Mark {
  readonly at: number
  readonly text: string
  readonly depth: 1 | -1
  readonly band: Band
}

const endOf = ({ closed, holds }: Band): string =>
  closed ? 'closed by hand' : holds ? 'still holds' : 'ends'

export const planMarks = (bands: readonly Band[]): readonly Mark[] =>
  bands
    .flatMap((band): Mark[] => [
      { at: band.from, depth: 1, band, text: `┏ ${clock(iso(band.from))}  ${windowName(band)}` },
      {
        ...{ at: band.until, depth: -1, band },
        text: `┗ ${clock(iso(band.until))}  ${endOf(band)}`,
      },
    ])
    .sort((a, b) => a.at - b.at || b.depth - a.depth)

export const renderRow = (row: Row): string =>
  [
    row.role.padEnd(8),
    row.call.padEnd(30),
    (row.result === 'ok' ? 'ok' : `! ${row.result}`).padEnd(6),
    planDetail(row),
  ].join('  ')

/** Lines of a table with the windows as a band at their left. @param rows oldest first */
export function* renderTimeline(rows: Iterable<Row>, bands: readonly Band[]): Generator<string> {
  const marks = [...planMarks(bands)]
  let depth = 0
  let day = ''
  let waiting: Line | undefined
  const gutter = () => (depth > 0 ? '┃' : ' ')
  const flush = function* (): Generator<string> {
    if (waiting === undefined) return
    const times = waiting.count > 1 ? `  ×${waiting.count}` : ''
    yield inertText(`${gutter()} ${clock(waiting.time)}  ${waiting.text}${times}`)
    waiting = undefined
  }
  const passMarks = function* (until: number): Generator<string> {
    // An event of the second in which a window ends still stands in it.
    for (let mark = marks[0]; mark !== undefined && (mark.depth > 0 ? mark.at <= until : mark.at < until); ) {
      yield* flush()
      yield inertText(mark.text)
      depth += mark.depth
      marks.shift()
      mark = marks[0]
    }
  }
  for (const row of rows) {
    if (row.time.slice(0, 10) !== day) {
      yield* flush()
      day = row.time.slice(0, 10)
      yield `${day} (UTC)`
    }
    yield* passMarks(Date.parse(row.time))
    const text = renderRow(row)
    if (waiting?.text === text) waiting.count += 1
    else {
      yield* flush()
      waiting = { time: row.time, text, count: 1 }
    }
  }
  yield* flush()
  yield* passMarks(Number.MAX_SAFE_INTEGER)
}
