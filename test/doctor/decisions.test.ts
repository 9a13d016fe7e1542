import { expect, test } from 'vitest'
import { planSandboxSpec } from '../../config/plan-specs.ts'
import { defaultSettings } from '../../config/settings.ts'
import { parseUserName } from '../../config/user-name.ts'
import type { Looked } from '../../scripts/doctor/check.ts'
import { decideLeftovers } from '../../scripts/doctor/leftovers.ts'
import { decideLocal } from '../../scripts/doctor/local-target.ts'
import { decideNetwork, type NetworkFacts } from '../../scripts/doctor/network.ts'
import { renderJson, renderReport, renderSummary } from '../../scripts/doctor/render.ts'
import { decideSandbox, listDifferences, type SandboxHealth } from '../../scripts/doctor/sandboxes.ts'
import { decideBucket, isTlsOnly } from '../../scripts/doctor/state-bucket.ts'

/** What cannot be brought about on the local target, from facts as AWS would give them. */

const network: NetworkFacts = {
  spec: { endpoints: ['ssm'], instanceConnectEndpoint: true },
  ...{ missingSubnets: [], problems: [], missingDocuments: [], logGroup: true },
  endpoints: [{ name: 'ssm', state: 'available' }],
  connectEndpoints: [{ name: 'eice-1', state: 'create-complete' }],
}

test.each([
  ['a sound network', {}, 'fine', /^subnets, 1 interface endpoints, Instance Connect/],
  [
    'an Instance Connect Endpoint that failed',
    { connectEndpoints: [{ name: 'eice-1', state: 'create-failed' }] },
    'wrong',
    /^eice-1 is in create-failed$/,
  ],
  [
    'one that works, beside one that goes',
    {
      connectEndpoints: [
        { name: 'eice-0', state: 'delete-in-progress' },
        { name: 'eice-1', state: 'update-complete' },
      ],
    },
    'fine',
    /./,
  ],
  [
    'one that is being made',
    { connectEndpoints: [{ name: 'eice-1', state: 'create-in-progress' }] },
    'note',
    /still being made/,
  ],
  [
    'an interface endpoint that failed',
    { endpoints: [{ name: 'ssm', state: 'failed' }] },
    'wrong',
    /^ssm is failed$/,
  ],
  ['one as EC2 also writes it', { endpoints: [{ name: 'ssm', state: 'Available' }] }, 'fine', /./],
  [
    'a network of others in which a sandbox cannot work',
    { problems: [{ message: 'DNS is switched off in vpc-1', hint: 'switch it on' }] },
    'wrong',
    /^DNS is switched off in vpc-1$/,
  ],
  ['a subnet that is gone', { missingSubnets: ['subnet-1'] }, 'wrong', /^subnet subnet-1 is gone$/],
] as const)('%s', (_what, facts, verdict, says) => {
  expect(decideNetwork({ ...network, ...facts } as NetworkFacts, 'alice')).toMatchObject([
    { verdict, says: expect.stringMatching(says) },
  ])
})

const alice = parseUserName('alice')
const choices = {
  user: alice,
  image: { id: 'ami-0a', kind: 'golden', rootDevice: '/dev/xvda' },
  network: { vpcId: 'vpc-1', subnetIds: ['subnet-1'], securityGroupId: 'sg-1' },
  previous: undefined,
} as const
const spec = planSandboxSpec(defaultSettings(), '111122223333', choices)
const sound: SandboxHealth = {
  ...{ user: alice, machines: [{ instanceId: 'i-1', state: 'running' }], spec, wanted: spec },
  ...{ drift: [], agent: 'online', window: { kind: 'closed' }, current: 'ami-0a' },
}

test('a sandbox that runs from an older image than new ones do', () => {
  expect(decideSandbox(sound)).toMatchObject([{ verdict: 'fine' }])
  expect(decideSandbox({ ...sound, current: 'ami-0b' })).toMatchObject([
    { verdict: 'note', says: 'runs from ami-0a; new sandboxes boot from ami-0b' },
  ])
})

test('settings and what was applied differ by their paths, lists as a whole', () => {
  const is = { a: { b: 1, c: [1] }, d: 'x' }
  expect(listDifferences(is, is)).toEqual([])
  expect(listDifferences(is, { a: { b: 2, c: [1, 2] } })).toEqual([
    'a.b is 1, the settings say 2',
    'a.c is [1], the settings say [1,2]',
    'd is "x", the settings say not set',
  ])
})

test('a bucket of another account, and what denies calls without TLS', () => {
  const nothing = {
    versioning: undefined,
    encryption: undefined,
    keyId: undefined,
    region: undefined,
    publicBlocked: false,
    tlsOnly: false,
  }
  expect(decideBucket({ bucket: 'b', kind: 'somebodys', ...nothing }, true)).toMatchObject([
    { verdict: 'wrong', says: 'the name b belongs to another account' },
  ])
  const statement = (Effect: string) =>
    JSON.stringify({ Statement: [{ Effect, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }] })
  expect([undefined, statement('Allow'), statement('Deny')].map(isTlsOnly)).toEqual([false, false, true])
})

test('a local target that was killed, or whose moto does not come up', () => {
  const facts = { refused: false, running: false, failure: undefined, leftFile: true, port: undefined }
  expect(decideLocal(facts)).toMatchObject({ verdict: 'note', says: expect.stringContaining('was killed') })
  expect(decideLocal({ ...facts, running: true, failure: 'no module moto' })).toMatchObject({
    ...{ verdict: 'wrong', says: 'its moto does not run: no module moto' },
  })
})

test('leftovers are told by kind, with what they cost', () => {
  const volume = { kind: 'volume', id: 'vol-1', why: 'attached to nothing', age: 0, monthly: 1.6 } as const
  expect(decideLeftovers([volume, { ...volume, id: 'vol-2' }])).toMatchObject([
    {
      verdict: 'note',
      says: '2 volumes: attached to nothing, about $3.20 a month',
      fix: 'npm run sandbox:sweep',
    },
  ])
  const orphan = { kind: 'orphan', id: 'i-1', why: 'no state', age: 0, monthly: undefined } as const
  expect(decideLeftovers([orphan])).toMatchObject([{ fix: 'npm run sandbox:sweep -- --orphans' }])
})

test('a report groups what was looked at, with its seconds, and counts', () => {
  const looks: Looked[] = [
    {
      group: 'account',
      name: 'a',
      seconds: 0.2,
      findings: [{ what: 'clock', verdict: 'fine', says: 'good' }],
    },
    { group: 'image', name: 'i', seconds: 0.1, findings: [] },
    {
      ...{ group: 'account', name: 'b', seconds: 1.25 },
      findings: [{ what: 'region', verdict: 'wrong', says: 'off', fix: 'switch it on' }],
    },
  ]
  expect(renderReport(looks)).toBe(
    [
      'account (1.3s)',
      '  ✓ clock             good',
      '  ✗ region            off',
      '                      fix: switch it on',
    ].join('\n'),
  )
  expect(renderSummary(looks, 1.3)).toBe('2 things looked at in 1.3s: 1 wrong, 0 to know, 1 fine')
  expect(JSON.parse(renderJson(looks, 1.3))).toMatchObject({
    seconds: 1.3,
    findings: [
      { group: 'account', check: 'a', what: 'clock' },
      { check: 'b', fix: 'switch it on' },
    ],
  })
})
