import { expect, test } from 'vitest'
import { compilePolicy } from '../../iam/compile.ts'
import { parseDocument } from '../../iam/document.ts'
import { readOnlyAccessArn } from '../../stacks/access/read-only-access.ts'
import { answer } from '../../stacks/proof/ask.ts'
import { buildWorlds, type Finding, proveRows, variantOf } from '../../stacks/proof/prove.ts'
import { documentName, type World } from '../../stacks/proof/world.ts'
import { proofInputs } from './inputs.ts'
import { planMutants } from './mutants.ts'
import { mutationWaivers } from './mutation-waivers.ts'

const worlds = buildWorlds(proofInputs)
const findings = proveRows(worlds)

/** AWS's own, and what stands for anything anybody may have. */
const notOurs: readonly string[] = [readOnlyAccessArn, documentName.everything, documentName.key]
/** The other engineer has the same policies under another name. */
const ofOther = (name: string) => new RegExp(`-${proofInputs.other}(/|$)`).test(name)

interface Place {
  readonly world: World
  readonly findings: readonly Finding[]
}

const asks = ({ question }: Finding, name: string): boolean =>
  question.identity.includes(name) || [question.boundary, question.session, question.resource].includes(name)

/** Documents by name and text, with the worlds that have them and the rows that ask them there. */
const listDocuments = () => {
  const found = new Map<string, { name: string; text: string; places: Place[] }>()
  for (const world of worlds.values())
    for (const [name, text] of world.documents) {
      if (notOurs.includes(name) || ofOther(name)) continue
      const key = `${name}\n${text}`
      const document = found.get(key) ?? { name, text, places: [] }
      const here = findings.filter((one) => variantOf(one.row) === world.variant && asks(one, name))
      found.set(key, { ...document, places: [...document.places, { world, findings: here }] })
    }
  return [...found.values()]
}
const documents = listDocuments()

/** Only the verdict counts here: a row must not go red for a name. */
const turnsRed = (name: string, document: Parameters<typeof compilePolicy>[1], places: readonly Place[]) => {
  const policy = compilePolicy(name, document)
  return places.some(({ world, findings: rows }) => {
    const mutated = { ...world, policies: new Map(world.policies).set(name, policy) }
    return rows.some(({ row, question }) => answer(mutated, question).decision !== row.expect)
  })
}

const mutants = documents.flatMap(({ name, text, places }) =>
  planMutants(parseDocument(text, name)).map(({ without, document }) => ({
    id: `${name} without ${without}`,
    red: turnsRed(name, document, places),
  })),
)

/** A statement may be proven in one variant of a policy and not be asked in another. */
const survivors = [...new Set(mutants.map(({ id }) => id))].filter(
  (id) => !mutants.some((mutant) => mutant.id === id && mutant.red),
)

test('some row asks every policy, trust and window there is', () => {
  const asked = documents.filter(({ places }) => places.some((place) => place.findings.length > 0))
  const names = new Set(asked.map(({ name }) => name))
  expect(documents.map(({ name }) => name).filter((name) => !names.has(name))).toEqual([])
  expect(names.size).toBeGreaterThan(15)
})

test('without any one statement or condition key some row goes red', () => {
  expect(new Set(mutants.map(({ id }) => id)).size).toBeGreaterThan(120)
  expect(survivors.filter((id) => !(id in mutationWaivers))).toEqual([])
})

test('every waiver is needed', () => {
  expect(Object.keys(mutationWaivers).filter((id) => !survivors.includes(id))).toEqual([])
})
