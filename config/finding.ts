/** One thing that was looked at. */
export interface Finding {
  readonly what: string
  /** fine; note: works, but not as one might think; wrong: something does not work. */
  readonly verdict: 'fine' | 'note' | 'wrong'
  /** One sentence: what is so, or why it is not. */
  readonly says: string
  /** What to type about it. */
  readonly fix?: string
}

type Make = (what: string, says: string, fix?: string) => Finding

const make =
  (verdict: Finding['verdict']): Make =>
  (what, says, fix) => ({ what, verdict, says, ...(fix === undefined ? {} : { fix }) })

export const fine = make('fine')
export const note = make('note')
export const wrong = make('wrong')

const marks = { fine: '✓', note: '!', wrong: '✗' } as const
const width = 18

export const renderFinding = ({ what, verdict, says, fix }: Finding): string =>
  `${marks[verdict]} ${what.padEnd(width)}${says}${fix === undefined ? '' : `\n  ${' '.repeat(width)}fix: ${fix}`}`

export const worstOf = (findings: readonly Finding[]): Finding['verdict'] =>
  (['wrong', 'note'] as const).find((verdict) => findings.some((one) => one.verdict === verdict)) ?? 'fine'
