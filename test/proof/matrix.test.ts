import { describe, expect, test } from 'vitest'
import { parseDocument } from '../../iam/document.ts'
import type { Question } from '../../stacks/proof/ask.ts'
import { matrix } from '../../stacks/proof/matrix.ts'
import { buildWorlds, proveRows, variantOf } from '../../stacks/proof/prove.ts'
import type { World } from '../../stacks/proof/world.ts'
import { askPeer, askStrictPeer, type Case } from '../iam/peer.ts'
import { proofInputs } from './inputs.ts'

const worlds = buildWorlds(proofInputs)
const findings = proveRows(worlds)
const renderRow = ({ row, found }: (typeof findings)[number]) =>
  `${row.who} ${row.action} ${row.resource} (${row.circumstance.says}): ${found.decision}, ${found.reason}`

describe('the matrix', () => {
  test('holds, every row with the very reason it names', () => {
    expect(findings.length).toBeGreaterThan(550)
    expect(findings.filter(({ holds }) => !holds).map(renderRow)).toEqual([])
  })

  test('asks nothing twice', () => {
    const questions = findings.map(({ row, question }) =>
      JSON.stringify([variantOf(row), question, row.circumstance.window]),
    )
    const twice = findings.filter((_, index) => questions.indexOf(questions[index] ?? '') !== index)
    expect(twice.map(renderRow)).toEqual([])
  })

  test('asks about every role and every variant', () => {
    const asked = new Set(matrix.map(({ who }) => who))
    for (const who of ['instance', 'readonly', 'elevated', 'builder', 'engineer', 'team engineer', 'login'])
      expect([...asked]).toContain(who)
    expect(new Set(matrix.map(variantOf))).toEqual(new Set(worlds.keys()))
  })
})

const caseOf = (world: World, { request, identity, boundary, session, resource }: Question): Case => {
  const document = (name: string) => parseDocument(world.documents.get(name) ?? '', name)
  return {
    request,
    identity: identity.map(document),
    ...(boundary === undefined ? {} : { boundary: document(boundary) }),
    ...(session === undefined ? {} : { session: document(session) }),
    ...(resource === undefined ? {} : { resource: document(resource) }),
  }
}

const cases = findings.flatMap((finding) => {
  const world = worlds.get(variantOf(finding.row))
  return world === undefined ? [] : [{ finding, one: caseOf(world, finding.question) }]
})

test('iam-simulate gives every row of the matrix the same verdict', () => {
  // Without its checks it knows no session policies; with them, below, it does.
  const known = cases.filter(({ one }) => one.session === undefined)
  const differ = known.filter(({ finding, one }) => askPeer(one) !== finding.found.decision)
  expect(differ.map(({ finding }) => renderRow(finding))).toEqual([])
})

test('it does so too when it checks actions, resources and keys first, wherever it can', async () => {
  const answers = await Promise.all(cases.map(({ one }) => askStrictPeer(one)))
  const sure = cases.flatMap(({ finding }, index) => {
    const answer = answers[index]
    return answer?.decision === undefined || answer.ignored.length > 0 ? [] : [{ finding, answer }]
  })
  expect(sure.length).toBeGreaterThan(500)
  expect(
    sure
      .filter(({ finding, answer }) => answer.decision !== finding.found.decision)
      .map(({ finding }) => renderRow(finding)),
  ).toEqual([])
})
