/** One line of the table: a median of repetitions, or the ratio of two medians. */
export interface Row {
  readonly group: string
  readonly what: string
  readonly value: number
  readonly unit: 's' | 'ms' | 'MB' | 'MB/s' | 'x' | 'calls'
  /** Smallest and largest of the repetitions. */
  readonly range?: readonly [number, number]
  readonly count?: number
  /** At most this; rows without one are there to be compared with. */
  readonly target?: number
  /** At least this. */
  readonly least?: number
}

export const median = (samples: readonly number[]): number => {
  if (samples.length === 0) throw new Error('no samples')
  const sorted = [...samples].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low, high] = [sorted[middle - 1] ?? 0, sorted[middle] ?? 0]
  return sorted.length % 2 === 0 ? (low + high) / 2 : high
}

type Head = Pick<Row, 'group' | 'what' | 'unit'> & { readonly target?: number; readonly least?: number }

export const planRow = (head: Head, samples: readonly number[]): Row => ({
  ...head,
  value: median(samples),
  range: [Math.min(...samples), Math.max(...samples)],
  count: samples.length,
})

/** Each against its neighbour in time, then the median: the machine's mood drops out. */
export const planRatio = (
  head: Omit<Head, 'unit'>,
  ours: readonly number[],
  theirs: readonly number[],
): Row => {
  const pairs = ours.slice(0, theirs.length).map((own, index) => own / (theirs[index] as number))
  return planRow({ ...head, unit: 'x' }, pairs)
}

export const decideVerdict = ({ value, target, least }: Row): 'pass' | 'miss' | undefined => {
  if (target === undefined && least === undefined) return undefined
  return value <= (target ?? value) && value >= (least ?? value) ? 'pass' : 'miss'
}

const digits: Readonly<Record<Row['unit'], number>> = { s: 2, ms: 2, MB: 0, 'MB/s': 1, x: 2, calls: 0 }

const number = (value: number, unit: Row['unit']): string => value.toFixed(digits[unit])

const renderTarget = ({ target, least, unit }: Row): string => {
  if (target !== undefined) return `at most ${target} ${unit}`
  return least === undefined ? '' : `at least ${least} ${unit}`
}

const cells = (row: Row): string[] => {
  const { what, value, unit, range, count = 1 } = row
  return [
    what,
    `${number(value, unit)} ${unit}`,
    range === undefined || count < 2 ? '' : `${number(range[0], unit)} to ${number(range[1], unit)}`,
    String(count),
    renderTarget(row),
    decideVerdict(row) ?? '',
  ]
}

export const renderRows = (rows: readonly Row[]): string => {
  const groups = [...new Set(rows.map(({ group }) => group))]
  return groups
    .map((group) =>
      [
        `### ${group}`,
        '',
        '| what | median | range | runs | target | verdict |',
        '|---|---|---|---|---|---|',
        ...rows.filter((row) => row.group === group).map((row) => `| ${cells(row).join(' | ')} |`),
      ].join('\n'),
    )
    .join('\n\n')
}
