import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CreateTagsCommand, CreateVpcCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2'
import {
  AddUserToGroupCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  ListRolesCommand,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LocalTarget } from '../../../local/control/ensure.ts'
import type { JournalRecord } from '../../../local/gateway/journal.ts'
import { clientsFor, openRoom, type Room } from '../control/fixture.ts'

type Clients = ReturnType<typeof clientsFor>

let room: Room
let target: LocalTarget
let admin: Clients
const account = '111122223333'
const readOnlyAccess = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

beforeAll(async () => {
  room = await openRoom()
  target = await room.up()
  admin = clientsFor(target)
}, 60_000)
afterAll(() => room?.close(), 30_000)

const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })
const allow = (Action: string | string[], Resource: string | string[] = '*', Condition?: object) => ({
  ...{ Effect: 'Allow', Action, Resource },
  ...(Condition === undefined ? {} : { Condition }),
})
const deny = (Action: string, Resource = '*') => ({ Effect: 'Deny', Action, Resource })
const trustAccount = (Condition: object = {}) =>
  document({
    ...{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: `arn:aws:iam::${account}:root` } },
    Condition,
  })

let count = 0
const makeUser = async (...statements: object[]): Promise<{ name: string; clients: Clients }> => {
  const UserName = `user-${++count}`
  await admin.iam.send(new CreateUserCommand({ UserName }))
  if (statements.length > 0)
    await admin.iam.send(
      new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument: document(...statements) }),
    )
  const { AccessKey } = await admin.iam.send(new CreateAccessKeyCommand({ UserName }))
  return {
    name: UserName,
    clients: clientsFor(target, {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    }),
  }
}

const makeRole = async (statements: object[], trust = trustAccount(), boundary?: string): Promise<string> => {
  const RoleName = `role-${++count}`
  await admin.iam.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust, PermissionsBoundary: boundary }),
  )
  if (statements.length > 0)
    await admin.iam.send(
      new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument: document(...statements) }),
    )
  return RoleName
}

const assume = async (from: Clients, role: string, more: object = {}): Promise<Clients> => {
  const { Credentials } = await from.sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${account}:role/${role}`,
      RoleSessionName: 'alice',
      ...more,
    }),
  )
  return clientsFor(target, {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  })
}

const refused = async (call: Promise<unknown>): Promise<{ name: string; message: string }> => {
  const error = await call.then(
    () => new Error('it was allowed'),
    (thrown: Error) => thrown,
  )
  return { name: error.name, message: error.message }
}

describe('a user', () => {
  test('without policies may only ask who it is', async () => {
    const { clients, name } = await makeUser()
    expect(await clients.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: `arn:aws:iam::${account}:user/${name}`,
    })
    expect(await refused(clients.iam.send(new ListRolesCommand({})))).toEqual({
      name: 'AccessDenied',
      message: `User: arn:aws:iam::${account}:user/${name} is not authorized to perform: iam:ListRoles on resource: * because no identity-based policy allows the iam:ListRoles action`,
    })
  })

  test('is refused in the words of each protocol', async () => {
    const { clients } = await makeUser(deny('s3:*'))
    const { ec2, ssm, s3 } = clients
    expect(await refused(ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' })))).toMatchObject({
      name: 'UnauthorizedOperation',
      message: expect.stringMatching(
        /^You are not authorized to perform this operation\. User: .*ec2:CreateVpc on resource: arn:aws:ec2:us-west-2:111122223333:vpc\/\*/,
      ),
    })
    expect(await refused(ssm.send(new GetParameterCommand({ Name: '/a/b' })))).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(
        'resource: arn:aws:ssm:us-west-2:111122223333:parameter/a/b because no',
      ),
    })
    expect(await refused(s3.send(new ListBucketsCommand({})))).toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('with an explicit deny in an identity-based policy'),
    })
  })

  test('may what its group may, on that resource alone', async () => {
    const { clients, name: UserName } = await makeUser()
    await admin.iam.send(new CreateGroupCommand({ GroupName: 'readers' }))
    await admin.iam.send(new AddUserToGroupCommand({ GroupName: 'readers', UserName }))
    const one = document(allow('ssm:GetParameter', 'arn:aws:ssm:*:*:parameter/open/*'))
    await admin.iam.send(
      new PutGroupPolicyCommand({ GroupName: 'readers', PolicyName: 'p', PolicyDocument: one }),
    )
    for (const Name of ['/open/a', '/shut/a'])
      await admin.ssm.send(new PutParameterCommand({ Name, Value: 'v', Type: 'String' }))
    expect((await clients.ssm.send(new GetParameterCommand({ Name: '/open/a' }))).Parameter?.Value).toBe('v')
    expect((await refused(clients.ssm.send(new GetParameterCommand({ Name: '/shut/a' })))).name).toBe(
      'AccessDeniedException',
    )
  })

  test('with ReadOnlyAccess reads, and writes nothing; LookupEvents would show it', async () => {
    const { clients, name: UserName } = await makeUser()
    await admin.iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: readOnlyAccess }))
    await clients.ec2.send(new DescribeVpcsCommand({}))
    await clients.iam.send(new ListRolesCommand({}))
    expect((await refused(clients.s3.send(new CreateBucketCommand({ Bucket: 'not-mine' })))).name).toBe(
      'AccessDenied',
    )
    await new Promise((resolve) => setTimeout(resolve, 200))
    const records = readFileSync(join(room.paths.local, 'journal.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as JournalRecord)
      .filter(({ principal }) => principal?.endsWith(UserName))
    expect(records.map(({ operation, error }) => [operation, error])).toEqual([
      ['DescribeVpcs', null],
      ['ListRoles', null],
      ['CreateBucket', 'AccessDenied'],
    ])
  })
})

describe('a role', () => {
  test('is taken only by whom both sides let: own policy and trust', async () => {
    const role = await makeRole([], trustAccount({ StringEquals: { 'sts:RoleSessionName': 'alice' } }))
    const stranger = await makeUser()
    const friend = await makeUser(allow('sts:AssumeRole'))
    const denied = { name: 'AccessDenied', message: expect.stringMatching(/role\/role-\d+$/) }
    expect(await refused(assume(stranger.clients, role))).toEqual(denied)
    expect(await refused(assume(friend.clients, role, { RoleSessionName: 'bob' }))).toEqual(denied)
    await assume(friend.clients, role)
  })

  test('does not pass its boundary, whatever it is allowed', async () => {
    const ceiling = await admin.iam.send(
      new CreatePolicyCommand({ PolicyName: 'ceiling', PolicyDocument: document(allow('ec2:Describe*')) }),
    )
    const role = await makeRole([allow('*')], trustAccount(), ceiling.Policy?.Arn)
    const { ec2, iam } = await assume(admin, role)
    await ec2.send(new DescribeVpcsCommand({}))
    expect((await refused(iam.send(new ListRolesCommand({})))).message).toContain(
      'because no permissions boundary allows the iam:ListRoles action',
    )
  })

  test('does not pass the policy of its session', async () => {
    const role = await makeRole([allow('*')])
    const { ec2, iam } = await assume(admin, role, { Policy: document(allow('iam:*')) })
    await iam.send(new ListRolesCommand({}))
    expect((await refused(ec2.send(new DescribeVpcsCommand({})))).message).toContain('no session policy')
  })

  test('loses and gains permissions at once, sessions in flight included', async () => {
    const role = await makeRole([])
    await admin.iam.send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn: readOnlyAccess }))
    const { iam } = await assume(admin, role)
    await iam.send(new ListRolesCommand({}))
    const shut = { RoleName: role, PolicyName: 'shut' }
    await admin.iam.send(new PutRolePolicyCommand({ ...shut, PolicyDocument: document(deny('*')) }))
    expect((await refused(iam.send(new ListRolesCommand({})))).message).toContain('explicit deny')
    await admin.iam.send(new DeleteRolePolicyCommand(shut))
    await iam.send(new ListRolesCommand({}))
  })

  test('may until a time and not after, with the same credentials', async () => {
    const end = new Date(Date.now() + 1500).toISOString()
    const until = { DateLessThan: { 'aws:CurrentTime': end } }
    const { iam } = await assume(admin, await makeRole([allow('iam:*', '*', until)]))
    await iam.send(new ListRolesCommand({}))
    await new Promise((resolve) => setTimeout(resolve, Date.parse(end) - Date.now() + 20))
    expect((await refused(iam.send(new ListRolesCommand({})))).name).toBe('AccessDenied')
  })

  test('is kept away by tags of what it touches, and from tags it may not give', async () => {
    const { Vpc } = await admin.ec2.send(
      new CreateVpcCommand({
        CidrBlock: '10.7.0.0/16',
        TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'kiro:sandbox', Value: 'alice' }] }],
      }),
    )
    const free = await admin.ec2.send(new CreateVpcCommand({ CidrBlock: '10.8.0.0/16' }))
    const role = await makeRole([
      allow('*'),
      { ...deny('ec2:*'), Condition: { Null: { 'aws:ResourceTag/kiro:sandbox': 'false' } } },
      { ...deny('*'), Condition: { 'ForAnyValue:StringLike': { 'aws:TagKeys': ['kiro:*'] } } },
    ])
    const { ec2 } = await assume(admin, role)
    const tagged = (id: string | undefined, Key: string) =>
      ec2.send(new CreateTagsCommand({ Resources: [id ?? ''], Tags: [{ Key, Value: 'x' }] }))
    await tagged(free.Vpc?.VpcId, 'name')
    expect((await refused(tagged(Vpc?.VpcId, 'name'))).name).toBe('UnauthorizedOperation')
    expect((await refused(tagged(free.Vpc?.VpcId, 'kiro:owner'))).name).toBe('UnauthorizedOperation')
  })

  test('may only write to a role that has its boundary', async () => {
    const own = { StringEquals: { 'iam:PermissionsBoundary': readOnlyAccess } }
    const { iam } = await assume(
      admin,
      await makeRole([allow(['iam:PutRolePolicy', 'iam:GetRole'], '*', own)]),
    )
    const put = (RoleName: string) =>
      iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'w', PolicyDocument: document(deny('*')) }))
    const bounded = await makeRole([], trustAccount(), readOnlyAccess)
    await put(bounded)
    await iam.send(new GetRoleCommand({ RoleName: bounded }))
    expect((await refused(put(await makeRole([])))).name).toBe('AccessDenied')
  })

  test('reads an object that the policy of the bucket gives it, and no other', async () => {
    const role = await makeRole([])
    await admin.s3.send(new CreateBucketCommand({ Bucket: 'shared-bucket' }))
    for (const Key of ['open/a b', 'shut'])
      await admin.s3.send(new PutObjectCommand({ Bucket: 'shared-bucket', Key, Body: 'text' }))
    const grant = {
      ...allow('s3:GetObject', 'arn:aws:s3:::shared-bucket/open/*'),
      Principal: { AWS: `arn:aws:iam::${account}:role/${role}` },
    }
    await admin.s3.send(new PutBucketPolicyCommand({ Bucket: 'shared-bucket', Policy: document(grant) }))
    const { s3 } = await assume(admin, role)
    const get = (Key: string) => s3.send(new GetObjectCommand({ Bucket: 'shared-bucket', Key }))
    expect(await (await get('open/a b')).Body?.transformToString()).toBe('text')
    expect((await refused(get('shut'))).name).toBe('AccessDenied')
  })
})
