import type { ContextValues } from '../../iam/context.ts'
import type { Document, StatementElement } from '../../iam/document.ts'
import { contextOfCaller, parseCaller } from '../../iam/principal.ts'
import type { Case } from './peer.ts'

/** The same numbers for the same seed. https://github.com/cprosche/mulberry32 */
export const createDice = (seed: number) => {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296
  }
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T
  const some = <T>(list: readonly T[], most: number): T[] =>
    Array.from({ length: 1 + Math.floor(next() * most) }, () => pick(list))
  return { next, pick, some, chance: (share: number) => next() < share }
}
export type Dice = ReturnType<typeof createDice>

const account = '111122223333'
const actions = [
  ...['s3:GetObject', 's3:PutObject', 'ec2:StartInstances', 'ec2:StopInstances'],
  ...['sts:AssumeRole', 'iam:PutRolePolicy', 'kms:Decrypt'],
]
const actionPatterns = ['*', 's3:*', 's3:Get*', 'S3:putobject', 'ec2:St?rtInstances', 'ec2:*', ...actions]

const role = `arn:aws:iam::${account}:role/target`
const resourcesOf: Readonly<Record<string, readonly string[]>> = {
  s3: ['arn:aws:s3:::team/alice/x', 'arn:aws:s3:::team/bob/y', 'arn:aws:s3:::other/x'],
  ec2: [`arn:aws:ec2:us-west-2:${account}:instance/i-1`, `arn:aws:ec2:eu-west-1:${account}:instance/i-2`],
  sts: [role, 'arn:aws:iam::999999999999:role/far'],
  iam: [role],
  kms: [`arn:aws:kms:us-west-2:${account}:key/k`],
}
const resourcePatterns = [
  ...['*', 'arn:aws:s3:::team/*', 'arn:aws:s3:::team/${aws:PrincipalTag/name}/*', 'arn:aws:s3:::*/x'],
  ...['arn:aws:ec2:*:*:instance/*', `arn:aws:ec2:us-west-2:${account}:instance/i-?`, 'arn:aws:iam::*:role/*'],
  ...['arn:aws:kms:*:*:key/*', 'arn:aws:s3:::team/${aws:PrincipalTag/none}/*', role],
]

/** A variable without a value means different things to the two in NotResource, see peer.test.ts. */
const notResources = resourcePatterns.filter((pattern) => pattern !== '*' && !pattern.includes('none'))

type Values = readonly string[]
/** Keys by the kind of operator that fits them, with values that often meet. */
const keys: Readonly<Record<string, { readonly given: Values; readonly wanted: Values }>> = {
  String: {
    given: ['alice', 'bob', 'Alice', 'carol'],
    wanted: ['alice', 'ALICE', 'b*', '?lice', '*', '${aws:PrincipalTag/name}'],
  },
  Date: {
    given: ['2026-11-22T10:00:00Z', '2026-11-22T10:30:00Z', '2026-11-22T10:29:59Z'],
    wanted: ['2026-11-22T10:30:00Z', '2026-11-22T10:00:00Z', '2025-01-01T00:00:00Z'],
  },
  Numeric: { given: ['1', '2.0', '3600'], wanted: ['2', '1.0', '3600', '10'] },
  Bool: { given: ['true', 'false'], wanted: ['true', 'false'] },
  Ip: {
    given: ['10.0.0.1', '203.0.113.10', '10.1.0.1'],
    wanted: ['10.0.0.0/16', '203.0.113.10/32', '203.0.113.10', '0.0.0.0/1'],
  },
  Arn: {
    given: [
      role,
      `arn:aws:iam::${account}:role/path/target`,
      `arn:aws:ec2:us-west-2:${account}:instance/i-1`,
    ],
    wanted: [
      role,
      'arn:aws:iam::*:role/*',
      `arn:aws:ec2:*:${account}:instance/i-1`,
      'arn:aws:iam::*:role/target',
    ],
  },
}
const keyOf: Readonly<Record<string, readonly string[]>> = {
  String: ['aws:PrincipalTag/name', 'aws:RequestedRegion', 'aws:PrincipalOrgID'],
  Date: ['aws:CurrentTime'],
  Numeric: ['aws:MultiFactorAuthAge'],
  Bool: ['aws:SecureTransport', 'aws:ViaAWSService'],
  Ip: ['aws:SourceIp'],
  Arn: ['aws:SourceArn'],
}
const lists = ['aws:TagKeys', 'aws:CalledVia']

const operatorsOf: Readonly<Record<string, readonly string[]>> = {
  String: [
    'StringEquals',
    'StringNotEquals',
    'StringLike',
    'StringNotLike',
    'StringEqualsIgnoreCase',
    'StringNotEqualsIgnoreCase',
  ],
  Date: [
    'DateEquals',
    'DateNotEquals',
    'DateLessThan',
    'DateLessThanEquals',
    'DateGreaterThan',
    'DateGreaterThanEquals',
  ],
  Numeric: [
    'NumericEquals',
    'NumericNotEquals',
    'NumericLessThan',
    'NumericLessThanEquals',
    'NumericGreaterThan',
    'NumericGreaterThanEquals',
  ],
  Bool: ['Bool'],
  Ip: ['IpAddress', 'NotIpAddress'],
  Arn: ['ArnEquals', 'ArnNotEquals', 'ArnLike', 'ArnNotLike'],
}
const kinds = Object.keys(operatorsOf)

const condition = (dice: Dice): NonNullable<StatementElement['Condition']> => {
  if (dice.chance(0.1))
    return { Null: { [dice.pick(keyOf[dice.pick(kinds)] ?? [])]: dice.pick(['true', 'false']) } }
  if (dice.chance(0.2)) {
    const quantifier = dice.pick(['ForAnyValue', 'ForAllValues'])
    const operator = dice.pick(['StringEquals', 'StringLike', 'StringNotEquals', 'StringNotLike'])
    return {
      [`${quantifier}:${operator}`]: { [dice.pick(lists)]: dice.some(['a', 'b', 'k*', 'kiro:owner'], 2) },
    }
  }
  const kind = dice.pick(kinds)
  const operator = dice.pick(operatorsOf[kind] ?? []) + (dice.chance(0.3) ? 'IfExists' : '')
  const wanted = keys[kind]?.wanted ?? []
  return {
    [operator]: {
      [dice.pick(keyOf[kind] ?? [])]: dice.chance(0.6) ? dice.pick(wanted) : dice.some(wanted, 2),
    },
  }
}

const conditions = (dice: Dice): StatementElement['Condition'] =>
  Object.assign({}, ...Array.from({ length: 1 + Math.floor(dice.next() * 2) }, () => condition(dice)))

const statement = (dice: Dice, kind: 'identity' | 'resource', allow = 0.7): StatementElement => ({
  Effect: dice.chance(allow) ? 'Allow' : 'Deny',
  ...(dice.chance(0.85)
    ? { Action: dice.some(actionPatterns, 3) }
    : { NotAction: dice.some(actionPatterns.slice(1), 2) }),
  ...(dice.chance(0.85)
    ? { Resource: dice.some(resourcePatterns, 2) }
    : { NotResource: dice.some(notResources, 2) }),
  ...(dice.chance(0.6) ? { Condition: conditions(dice) ?? {} } : {}),
  ...(kind === 'resource' ? { Principal: dice.pick(principals) } : {}),
})

const reader = `arn:aws:iam::${account}:role/reader`
const session = `arn:aws:sts::${account}:assumed-role/reader/alice`
const principals = [
  ...['*' as const, { AWS: '*' }, { AWS: `arn:aws:iam::${account}:root` }, { AWS: account }, { AWS: reader }],
  ...[{ AWS: session }, { AWS: 'arn:aws:iam::999999999999:root' }, { Service: 'ec2.amazonaws.com' }],
  { AWS: [`arn:aws:iam::${account}:role/other`, reader] },
]

const document = (dice: Dice, kind: 'identity' | 'resource', allow?: number): Document => ({
  Version: '2012-10-17',
  Statement: Array.from({ length: 1 + Math.floor(dice.next() * 3) }, () => statement(dice, kind, allow)),
})

const context = (dice: Dice): ContextValues => {
  const single = kinds.flatMap((kind) =>
    (keyOf[kind] ?? [])
      .filter((key) => key === 'aws:PrincipalTag/name' || dice.chance(0.7))
      .map((key) => [key, dice.pick(keys[kind]?.given ?? [])]),
  )
  const many = lists
    .filter(() => dice.chance(0.6))
    .map((key) => [key, dice.some(['a', 'b', 'c', 'kiro:owner'], 3)])
  return Object.fromEntries([...single, ...many])
}

/** One request and policies that often, but not always, have something to say about it. */
export const generateCase = (dice: Dice): Case => {
  const action = dice.pick(actions)
  const resource = dice.pick(resourcesOf[action.split(':')[0] ?? ''] ?? [])
  const caller = parseCaller(dice.chance(0.8) ? session : `arn:aws:iam::${account}:user/carol`)
  const ownPolicy = /^(sts|kms):/.test(action) || dice.chance(0.3)
  return {
    request: { caller, action, resource, context: { ...contextOfCaller(caller), ...context(dice) } },
    identity: Array.from({ length: 1 + Math.floor(dice.next() * 2) }, () => document(dice, 'identity')),
    ...(dice.chance(0.4) ? { boundary: document(dice, 'identity', 0.85) } : {}),
    ...(ownPolicy ? { resource: document(dice, 'resource', 0.85) } : {}),
  }
}
