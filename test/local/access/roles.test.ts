import { CreateTagsCommand, CreateVpcCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2'
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRoom, type Room } from '../control/fixture.ts'
import {
  account,
  allow,
  type Cast,
  deny,
  document,
  openCast,
  readOnlyAccess,
  refused,
  trustAccount,
} from './cast.ts'

let room: Room
let cast: Cast
beforeAll(async () => {
  room = await openRoom()
  cast = await openCast(room)
})
afterAll(() => room?.close())

test('a role is taken only by whom both sides let: own policy and trust', async () => {
  const role = await cast.makeRole([], trustAccount({ StringEquals: { 'sts:RoleSessionName': 'alice' } }))
  const stranger = await cast.makeUser()
  const friend = await cast.makeUser(allow('sts:AssumeRole'))
  const denied = { name: 'AccessDenied', message: expect.stringMatching(/role\/role-\d+$/) }
  expect(await refused(cast.assume(stranger.clients, role))).toEqual(denied)
  expect(await refused(cast.assume(friend.clients, role, { RoleSessionName: 'bob' }))).toEqual(denied)
  await cast.assume(friend.clients, role)
})

test('a role does not pass its boundary, whatever it is allowed', async () => {
  const ceiling = await cast.admin.iam.send(
    new CreatePolicyCommand({ PolicyName: 'ceiling', PolicyDocument: document(allow('ec2:Describe*')) }),
  )
  const role = await cast.makeRole([allow('*')], trustAccount(), ceiling.Policy?.Arn)
  const { ec2, iam } = await cast.assume(cast.admin, role)
  await ec2.send(new DescribeVpcsCommand({}))
  expect((await refused(iam.send(new ListRolesCommand({})))).message).toContain(
    'because no permissions boundary allows the iam:ListRoles action',
  )
})

test('a role does not pass the policy of its session', async () => {
  const role = await cast.makeRole([allow('*')])
  const { ec2, iam } = await cast.assume(cast.admin, role, { Policy: document(allow('iam:*')) })
  await iam.send(new ListRolesCommand({}))
  expect((await refused(ec2.send(new DescribeVpcsCommand({})))).message).toContain('no session policy')
})

test('a role loses and gains permissions at once, sessions in flight included', async () => {
  const role = await cast.makeRole([])
  await cast.admin.iam.send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn: readOnlyAccess }))
  const { iam } = await cast.assume(cast.admin, role)
  await iam.send(new ListRolesCommand({}))
  const shut = { RoleName: role, PolicyName: 'shut' }
  await cast.admin.iam.send(new PutRolePolicyCommand({ ...shut, PolicyDocument: document(deny('*')) }))
  expect((await refused(iam.send(new ListRolesCommand({})))).message).toContain('explicit deny')
  await cast.admin.iam.send(new DeleteRolePolicyCommand(shut))
  await iam.send(new ListRolesCommand({}))
})

test('a role may until a time and not after, with the same credentials', async () => {
  const RoleName = await cast.makeRole([])
  const { iam } = await cast.assume(cast.admin, RoleName)
  // The clock runs from the last call before the one that has to come in time.
  const end = new Date(Date.now() + 3000).toISOString()
  const PolicyDocument = document(allow('iam:*', '*', { DateLessThan: { 'aws:CurrentTime': end } }))
  await cast.admin.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument }))
  await iam.send(new ListRolesCommand({}))
  await new Promise((resolve) => setTimeout(resolve, Date.parse(end) - Date.now() + 20))
  expect((await refused(iam.send(new ListRolesCommand({})))).name).toBe('AccessDenied')
})

test('a role is kept away by tags of what it touches, and from tags it may not give', async () => {
  const { Vpc } = await cast.admin.ec2.send(
    new CreateVpcCommand({
      CidrBlock: '10.7.0.0/16',
      TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'kiro:sandbox', Value: 'alice' }] }],
    }),
  )
  const free = await cast.admin.ec2.send(new CreateVpcCommand({ CidrBlock: '10.8.0.0/16' }))
  const role = await cast.makeRole([
    allow('*'),
    { ...deny('ec2:*'), Condition: { Null: { 'aws:ResourceTag/kiro:sandbox': 'false' } } },
    { ...deny('*'), Condition: { 'ForAnyValue:StringLike': { 'aws:TagKeys': ['kiro:*'] } } },
  ])
  const { ec2 } = await cast.assume(cast.admin, role)
  const tagged = (id: string | undefined, Key: string) =>
    ec2.send(new CreateTagsCommand({ Resources: [id ?? ''], Tags: [{ Key, Value: 'x' }] }))
  await tagged(free.Vpc?.VpcId, 'name')
  expect((await refused(tagged(Vpc?.VpcId, 'name'))).name).toBe('UnauthorizedOperation')
  expect((await refused(tagged(free.Vpc?.VpcId, 'kiro:owner'))).name).toBe('UnauthorizedOperation')
})

test('a role may only write to a role that has its boundary', async () => {
  const own = { StringEquals: { 'iam:PermissionsBoundary': readOnlyAccess } }
  const { iam } = await cast.assume(
    cast.admin,
    await cast.makeRole([allow(['iam:PutRolePolicy', 'iam:GetRole'], '*', own)]),
  )
  const put = (RoleName: string) =>
    iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'w', PolicyDocument: document(deny('*')) }))
  const bounded = await cast.makeRole([], trustAccount(), readOnlyAccess)
  await put(bounded)
  await iam.send(new GetRoleCommand({ RoleName: bounded }))
  expect((await refused(put(await cast.makeRole([])))).name).toBe('AccessDenied')
})

test('a role reads an object that the policy of the bucket gives it, and no other', async () => {
  const role = await cast.makeRole([])
  await cast.admin.s3.send(new CreateBucketCommand({ Bucket: 'shared-bucket' }))
  for (const Key of ['open/a b', 'shut'])
    await cast.admin.s3.send(new PutObjectCommand({ Bucket: 'shared-bucket', Key, Body: 'text' }))
  const grant = {
    ...allow('s3:GetObject', 'arn:aws:s3:::shared-bucket/open/*'),
    Principal: { AWS: `arn:aws:iam::${account}:role/${role}` },
  }
  await cast.admin.s3.send(new PutBucketPolicyCommand({ Bucket: 'shared-bucket', Policy: document(grant) }))
  const { s3 } = await cast.assume(cast.admin, role)
  const get = (Key: string) => s3.send(new GetObjectCommand({ Bucket: 'shared-bucket', Key }))
  expect(await (await get('open/a b')).Body?.transformToString()).toBe('text')
  expect((await refused(get('shut'))).name).toBe('AccessDenied')
})

test('tags of a session need sts:TagSession on both sides, and a trust may ask for them', async () => {
  const principal = { Principal: { AWS: `arn:aws:iam::${account}:root` } }
  const enter = { ...allow('sts:AssumeRole'), ...principal, Resource: undefined }
  const asked = { ...enter, Condition: { Null: { 'aws:RequestTag/reason': 'false' } } }
  const tagged = { ...enter, Action: 'sts:TagSession' }
  const Tags = [{ Key: 'reason', Value: 'JIRA-123' }]
  const open = await cast.makeRole([], document(enter))
  const strict = await cast.makeRole([], document(asked, tagged))
  const friend = await cast.makeUser(allow(['sts:AssumeRole', 'sts:TagSession']))
  const other = await cast.makeUser(allow('sts:AssumeRole'))
  await cast.assume(friend.clients, open)
  await cast.assume(friend.clients, strict, { Tags })
  for (const [who, role, more] of [
    [friend, open, { Tags }],
    [friend, strict, {}],
    [other, strict, { Tags }],
  ] as const)
    expect((await refused(cast.assume(who.clients, role, more))).name).toBe('AccessDenied')
})
