import { expect, test } from 'vitest'
import { names } from '../../../config/names.ts'
import { parseSessionDocument, planSession } from '../../../local/sessions/session-document.ts'
import { renderSessionDocuments } from '../../../stacks/session-documents.ts'

const documents = renderSessionDocuments({ idleMinutes: 15, maxMinutes: 480, logRetentionDays: 30 })
const plan = (kind: keyof typeof documents, given: Record<string, string[]> = {}) =>
  planSession(parseSessionDocument(names.sessionDocuments[kind], documents[kind]), given)

test.each([
  ['shell', {}, { sessionType: 'Standard_Stream', shellProfile: 'cd "$HOME" && exec bash -l' }],
  ['login', {}, { commands: { commands: 'kiro-sandbox-login free none none' } }],
  [
    'login',
    { license: ['pro'], startUrl: ['https://example.awsapps.com/start'], region: ['us-east-1'] },
    { commands: { commands: 'kiro-sandbox-login pro https://example.awsapps.com/start us-east-1' } },
  ],
  [
    'agent',
    { agent: ['elevated'] },
    { commands: { commands: expect.stringMatching(/^cd; kiro-sandbox chat elevated;/) } },
  ],
  ['command', { command: ['id -un'] }, { commands: { commands: 'id -un', separateOutputStream: true } }],
] as const)('%s %j of the house is understood', (kind, given, expected) => {
  expect(plan(kind, given as never)).toMatchObject({
    ...{ runAs: names.sandboxUser, idleMinutes: 15, maxMinutes: 480 },
    ...expected,
  })
})

test.each([
  ['forward', { portNumber: ['3000'] }, { portNumber: '3000', type: 'LocalPortForwarding' }],
  [
    'forwardHost',
    { host: ['db.internal'], portNumber: ['5432'] },
    { host: 'db.internal', portNumber: '5432' },
  ],
  ['ssh', {}, { portNumber: '22' }],
] as const)('%s %j of the house is a port', (kind, given, properties) => {
  expect(plan(kind, given as never)).toMatchObject({ sessionType: 'Port', properties })
})

test.each([
  ['login', { license: ['gold'] }],
  ['login', { startUrl: ['https://example.com/$(id)'] }],
  ['agent', { agent: ['root'] }],
  ['forward', { portNumber: ['0'] }],
  ['command', {}],
] as const)('%s %j is refused', (kind, given) => {
  expect(() => plan(kind, given as never)).toThrow(
    expect.objectContaining({ aws: expect.objectContaining({ code: 'InvalidParameters' }) }),
  )
})
