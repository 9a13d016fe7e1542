import type { Verdict } from '../../iam/evaluate.ts'
import { answer, isAsked, planQuestion, type Question } from './ask.ts'
import { matrix } from './matrix.ts'
import type { Row } from './row.ts'
import { type Variant, variants } from './variants.ts'
import { buildWorld, type ProofInputs, type World } from './world.ts'

export interface Finding {
  readonly row: Row
  readonly question: Question
  readonly found: Verdict
  readonly holds: boolean
}

export const variantOf = (row: Row): Variant => row.circumstance.variant ?? 'as set'

/** The statement that decided, without the name of its policy; AWS's own is one, as its parts come and go. */
const statementOf = (reason: string): string =>
  reason.startsWith('ReadOnlyAccess/') ? 'ReadOnlyAccess' : reason.slice(reason.lastIndexOf('/') + 1)

/** Verdict and reason must both be as expected: right for a wrong reason is a matter of luck. */
export const judge = (row: Row, { decision, reason }: Verdict): boolean =>
  decision === row.expect && statementOf(reason) === row.by

export const buildWorlds = (inputs: ProofInputs): ReadonlyMap<Variant, World> =>
  new Map(variants.map((variant) => [variant, buildWorld(inputs, variant)]))

/** Rows that the settings do not ask for are left out. */
export const proveRows = (worlds: ReadonlyMap<Variant, World>, rows: readonly Row[] = matrix): Finding[] =>
  rows.flatMap((row) => {
    const world = worlds.get(variantOf(row))
    if (world === undefined) throw new Error(`no world was built for ${variantOf(row)}`)
    if (!isAsked(world, row)) return []
    const question = planQuestion(world, row)
    const found = answer(world, question)
    return [{ row, question, found, holds: judge(row, found) }]
  })
