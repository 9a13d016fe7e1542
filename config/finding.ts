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

const marks = { fine: '✓', note: '!', wrong: '✗' } as const

export const renderFinding = ({ what, verdict, says, fix }: Finding): string =>
  `${marks[verdict]} ${what.padEnd(14)}${says}${fix === undefined ? '' : `\n  ${' '.repeat(14)}fix: ${fix}`}`

export const worstOf = (findings: readonly Finding[]): Finding['verdict'] =>
  (['wrong', 'note'] as const).find((verdict) => findings.some((one) => one.verdict === verdict)) ?? 'fine'
