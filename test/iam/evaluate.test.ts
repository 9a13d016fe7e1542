import { describe, expect, test } from 'vitest'
import { compilePolicy, createPolicyCache } from '../../iam/compile.ts'
import { MalformedPolicy, type StatementElement } from '../../iam/document.ts'
import { evaluate, evaluateAll, type Policies, type Request } from '../../iam/evaluate.ts'
import { contextOfCaller, parseCaller } from '../../iam/principal.ts'

const account = '111122223333'
const session = parseCaller(`arn:aws:sts::${account}:assumed-role/reader/alice`)
const policy = (...Statement: StatementElement[]) => compilePolicy('p', { Version: '2012-10-17', Statement })
const allow = (rest: Partial<StatementElement>): StatementElement => ({
  Sid: 'A',
  Effect: 'Allow',
  Action: '*',
  Resource: '*',
  ...rest,
})
const deny = (rest: Partial<StatementElement>): StatementElement => ({
  ...allow(rest),
  Sid: 'D',
  Effect: 'Deny',
})
const ask = (policies: Policies, request: Partial<Request> = {}) =>
  evaluate(policies, {
    caller: session,
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::bucket/key',
    context: {},
    ...request,
  })
const decide = (statement: Partial<StatementElement>, request: Partial<Request> = {}) =>
  ask({ identity: [policy(allow(statement))] }, request).decision
const holds = (Condition: StatementElement['Condition'], context: Request['context']) =>
  decide({ Condition: Condition ?? {} }, { context }) === 'allow'

describe('who decides', () => {
  const role = `arn:aws:iam::${account}:role/reader`
  const trust = (AWS: string) => policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS } })
  const assume = (identity: boolean, resource: Policies['resource'], rest: Partial<Policies> = {}) =>
    ask(
      { identity: identity ? [policy(allow({}))] : [], ...(resource ? { resource } : {}), ...rest },
      { action: 'sts:AssumeRole', resource: `arn:aws:iam::${account}:role/other` },
    )
  test('nothing allows: implicit; a deny anywhere beats every allow, and names itself', () => {
    expect(ask({ identity: [] })).toEqual({ decision: 'implicitDeny', reason: 'no identity policy allows' })
    const all = policy(allow({}))
    const no = policy(deny({}))
    for (const policies of [
      { identity: [all, no] },
      { identity: [all], boundary: no },
      { identity: [all], session: no },
    ])
      expect(ask(policies)).toEqual({ decision: 'explicitDeny', reason: 'p/D' })
  })
  test('boundary and session policy must allow as well', () => {
    const all = policy(allow({}))
    const other = policy(allow({ Action: 'ec2:*' }))
    expect(ask({ identity: [all], boundary: other }).reason).toBe('the permissions boundary does not allow')
    expect(ask({ identity: [all], session: other }).reason).toBe('the session policy does not allow')
    expect(ask({ identity: [all], boundary: all, session: all }).decision).toBe('allow')
  })
  test.each([
    ['the account', `arn:aws:iam::${account}:root`, 'implicitDeny', 'allow'],
    ['the account as digits', account, 'implicitDeny', 'allow'],
    ['the role', role, 'allow', 'allow'],
    ['the session', session.arn, 'allow', 'allow'],
    ['everybody', '*', 'allow', 'allow'],
    ['another role', `arn:aws:iam::${account}:role/writer`, 'implicitDeny', 'implicitDeny'],
    ['another account', 'arn:aws:iam::999999999999:root', 'implicitDeny', 'implicitDeny'],
  ])('a trust in %s: without and with a policy of the caller', (_who, principal, without, withPolicy) => {
    expect(assume(false, trust(principal)).decision).toBe(without)
    expect(assume(true, trust(principal)).decision).toBe(withPolicy)
  })
  test('a role without a trust for the caller lets nobody in', () =>
    expect(assume(true, undefined).reason).toBe('the resource policy does not allow'))
  test('a boundary holds back a role named as principal, not a session named by its ARN', () => {
    const boundary = policy(allow({ Action: 's3:*' }))
    expect(assume(false, trust(role), { boundary }).decision).toBe('implicitDeny')
    expect(assume(false, trust(session.arn), { boundary }).decision).toBe('allow')
  })
  test('services are let in by name', () => {
    const resource = policy({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'ec2.amazonaws.com' },
    })
    const enter = (arn: string) =>
      ask({ identity: [], resource }, { caller: parseCaller(arn), action: 'sts:AssumeRole', resource: role })
        .decision
    expect(enter('ec2.amazonaws.com')).toBe('allow')
    expect(enter('lambda.amazonaws.com')).toBe('implicitDeny')
    expect(enter(session.arn)).toBe('implicitDeny')
  })
  test('another account needs both sides', () => {
    const all = policy(allow({}))
    const bucket = policy({ ...allow({}), Principal: { AWS: account } })
    const far = { resourceAccount: '999999999999' }
    expect(ask({ identity: [all] }, far).decision).toBe('implicitDeny')
    expect(ask({ identity: [], resource: bucket }, far).decision).toBe('implicitDeny')
    expect(ask({ identity: [all], resource: bucket }, far).decision).toBe('allow')
  })
  test('the root user needs no policy', () =>
    expect(ask({ identity: [] }, { caller: parseCaller(`arn:aws:iam::${account}:root`) }).decision).toBe(
      'allow',
    ))
  test('NotPrincipal with Deny spares only who is listed with account and role', () => {
    const bucket = (...AWS: string[]) =>
      ask({ identity: [policy(allow({}))], resource: policy({ ...deny({}), NotPrincipal: { AWS } }) })
        .decision
    expect(bucket(role)).toBe('explicitDeny')
    expect(bucket(role, account, session.arn)).toBe('allow')
  })
  test('an action on two resources needs both', () => {
    const policies = { identity: [policy(allow({ Resource: 'arn:aws:ec2:*:*:instance/*' }))] }
    const request = (resource: string) => ({
      caller: session,
      action: 'ssm:StartSession',
      resource,
      context: {},
    })
    const instance = request(`arn:aws:ec2:us-west-2:${account}:instance/i-1`)
    expect(evaluateAll(policies, [instance]).decision).toBe('allow')
    expect(
      evaluateAll(policies, [instance, request(`arn:aws:ssm:us-west-2:${account}:document/x`)]).decision,
    ).toBe('implicitDeny')
    expect(evaluateAll(policies, []).decision).toBe('implicitDeny')
  })
})

describe('actions and resources', () => {
  test.each([
    ['S3:getobject', true],
    ['s3:Get*', true],
    ['s3:?etObject', true],
    ['*:GetObject', true],
    ['s3:GetObjectVersion', false],
    ['s3', false],
    ['s3:Get', false],
  ])('%s', (Action, expected) => expect(decide({ Action }) === 'allow').toBe(expected))
  test.each([
    ['arn:aws:s3:::bucket/*', true],
    ['arn:aws:s3:::*', true],
    ['arn:aws:s3:*', true],
    ['arn:aws:s3:::bucket', false],
    ['arn:aws:s3:*bucket/key', false],
    ['arn:aws:s3:::b?cket/key', true],
    ['arn:aws:s3:::${aws:userid}/key', false],
    ['arn:aws:s3:::${aws:PrincipalTag/team}/key', true],
    ["arn:aws:s3:::${aws:nothing, 'bucket'}/key", true],
    ['arn:aws:s3:::${*}', false],
  ])('%s', (Resource, expected) =>
    expect(decide({ Resource }, { context: { 'aws:principaltag/TEAM': 'bucket' } }) === 'allow').toBe(
      expected,
    ),
  )
  test('Not… is the rest', () => {
    const { Resource: _r, ...rest } = allow({})
    expect(ask({ identity: [policy({ ...rest, NotResource: 'arn:aws:s3:::other/*' })] }).decision).toBe(
      'allow',
    )
    expect(ask({ identity: [policy({ ...rest, NotResource: 'arn:aws:s3:::bucket/*' })] }).decision).toBe(
      'implicitDeny',
    )
    expect(
      ask({ identity: [policy({ Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' })] }).decision,
    ).toBe('allow')
  })
  test('a value of a variable is no pattern', () =>
    expect(decide({ Resource: 'arn:aws:s3:::${aws:userid}/key' }, { context: { 'aws:userid': '*' } })).toBe(
      'implicitDeny',
    ))
})

describe('conditions', () => {
  const at = (time: string) => ({ 'aws:CurrentTime': time })
  test.each<[string, StatementElement['Condition'], Request['context'], boolean]>([
    ['text', { StringEquals: { k: ['a', 'b'] } }, { K: 'b' }, true],
    ['text with a star is literal', { StringEquals: { k: '*' } }, { k: 'b' }, false],
    ['none of', { StringNotEquals: { k: ['a', 'b'] } }, { k: 'b' }, false],
    ['none of, key absent', { StringNotEquals: { k: 'a' } }, {}, true],
    ['absent', { StringEquals: { k: 'a' } }, {}, false],
    ['if it exists', { StringEqualsIfExists: { k: 'a' } }, {}, true],
    ['if it exists, wrong', { StringEqualsIfExists: { k: 'a' } }, { k: 'b' }, false],
    ['case', { StringEqualsIgnoreCase: { k: 'Ab' } }, { k: 'aB' }, true],
    ['pattern', { StringLike: { k: 'kiro:*' } }, { k: 'kiro:owner' }, true],
    [
      'variable',
      { StringLike: { k: '*:${aws:ResourceTag/kiro:owner}' } },
      { k: 'X:alice', 'aws:ResourceTag/kiro:owner': 'alice' },
      true,
    ],
    ['variable without value', { StringLike: { k: '*:${gone}' } }, { k: 'X:${gone}' }, false],
    ['variable without value, negated', { StringNotEquals: { k: '${gone}' } }, { k: 'x' }, true],
    ['any', { 'ForAnyValue:StringLike': { k: 'kiro:*' } }, { k: ['a', 'kiro:b'] }, true],
    ['any of nothing', { 'ForAnyValue:StringLike': { k: 'kiro:*' } }, {}, false],
    ['all', { 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'c'] }, false],
    ['all of nothing', { 'ForAllValues:StringEquals': { k: 'a' } }, {}, true],
    ['arn', { ArnEquals: { k: 'arn:aws:iam::1:role/*/x_*' } }, { k: 'arn:aws:iam::1:role/a/b/x_1' }, true],
    ['arn, other part', { ArnLike: { k: 'arn:aws:*:1:role/x' } }, { k: 'arn:aws:iam::1:role/x' }, false],
    ['bool', { Bool: { k: 'true' } }, { k: 'True' }, true],
    ['bool absent', { Bool: { k: 'false' } }, {}, false],
    ['null: absent', { Null: { k: 'true' } }, {}, true],
    ['null: present', { Null: { k: 'false' } }, { k: 'x' }, true],
    [
      'before',
      { DateLessThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } },
      at('2025-12-31T23:59:59Z'),
      true,
    ],
    [
      'at T',
      { DateLessThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } },
      at('2026-01-01T00:00:00Z'),
      false,
    ],
    ['epoch', { DateGreaterThanEquals: { k: '1767225600' } }, { k: '2026-01-01T00:00:00Z' }, true],
    ['no date', { DateLessThan: { k: 'soon' } }, { k: '2026-01-01T00:00:00Z' }, false],
    ['number', { NumericLessThan: { k: '2.0' } }, { k: '1.0' }, true],
    ['number absent', { NumericLessThan: { k: '2.0' } }, {}, false],
    ['address', { IpAddress: { k: ['203.0.113.10/32', '10.0.0.0/8'] } }, { k: '10.1.2.3' }, true],
    ['address outside', { IpAddress: { k: '10.0.0.0/8' } }, { k: '11.1.2.3' }, false],
    ['not address, absent', { NotIpAddressIfExists: { k: '10.0.0.0/8' } }, {}, true],
    ['address v6', { IpAddress: { k: '2001:db8::/32' } }, { k: '2001:db8:1::7' }, true],
    ['address v6 as v4', { IpAddress: { k: '10.0.0.0/8' } }, { k: '::a00:1' }, false],
    ['all keys', { StringEquals: { a: '1', b: '2' } }, { a: '1', b: '3' }, false],
  ])('%s', (_name, condition, context, expected) => expect(holds(condition, context)).toBe(expected))
})

test.each([
  ['{', 'is not JSON'],
  ['{}', 'has no Statement'],
  ['{"Statement":{"Effect":"allow","Action":"*"}}', 'Effect is "allow"'],
  ['{"Statement":{"Effect":"Allow"}}', 'Action is missing'],
  ['{"Statement":{"Effect":"Allow","Action":"*","Resourse":"*"}}', 'unknown element Resourse'],
  [
    '{"Statement":{"Sid":"W","Effect":"Allow","Action":"*","Condition":{"DateLesThan":{}}}}',
    'W: DateLesThan is not',
  ],
  ['{"Statement":{"Effect":"Allow","Action":"*","NotAction":"*"}}', 'exclude each other'],
])('what AWS would refuse is refused: %s', (text, message) => {
  expect(() => compilePolicy('p', text)).toThrow(MalformedPolicy)
  expect(() => compilePolicy('p', text)).toThrow(message)
})

test('the cache compiles each text once and forgets the oldest', () => {
  const cached = createPolicyCache(2)
  const text = (Sid: string) => JSON.stringify({ Statement: [allow({ Sid })] })
  const first = cached('p', text('one'))
  cached('p', text('two'))
  expect(cached('p', text('one'))).toBe(first)
  cached('p', text('three'))
  expect(cached('p', text('one'))).toBe(first)
  cached('p', text('two'))
  expect(cached('p', text('three'))).not.toBe(first)
})

test('what AWS derives from a session', () =>
  expect(contextOfCaller(session, 'AROA1')).toMatchObject({
    'aws:PrincipalArn': `arn:aws:iam::${account}:role/reader`,
    'aws:userid': 'AROA1:alice',
    'aws:PrincipalAccount': account,
  }))
