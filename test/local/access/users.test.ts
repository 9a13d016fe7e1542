import { CreateVpcCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2'
import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  ListRolesCommand,
  PutGroupPolicyCommand,
} from '@aws-sdk/client-iam'
import { CreateBucketCommand, ListBucketsCommand } from '@aws-sdk/client-s3'
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRoom, type Room, readJournal } from '../control/fixture.ts'
import { account, allow, type Cast, deny, document, openCast, readOnlyAccess, refused } from './cast.ts'

let room: Room
let cast: Cast
beforeAll(async () => {
  room = await openRoom()
  cast = await openCast(room)
})
afterAll(() => room?.close())

test('a user without policies may only ask who it is', async () => {
  const { clients, name } = await cast.makeUser()
  expect(await clients.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Arn: `arn:aws:iam::${account}:user/${name}`,
  })
  expect(await refused(clients.iam.send(new ListRolesCommand({})))).toEqual({
    name: 'AccessDenied',
    message: `User: arn:aws:iam::${account}:user/${name} is not authorized to perform: iam:ListRoles on resource: * because no identity-based policy allows the iam:ListRoles action`,
  })
})

test('a user is refused in the words of each protocol', async () => {
  const { clients } = await cast.makeUser(deny('s3:*'))
  const { ec2, ssm, s3 } = clients
  expect(await refused(ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' })))).toMatchObject({
    name: 'UnauthorizedOperation',
    message: expect.stringMatching(
      /^You are not authorized to perform this operation\. User: .*ec2:CreateVpc on resource: arn:aws:ec2:us-west-2:111122223333:vpc\/\*/,
    ),
  })
  expect(await refused(ssm.send(new GetParameterCommand({ Name: '/a/b' })))).toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('resource: arn:aws:ssm:us-west-2:111122223333:parameter/a/b because no'),
  })
  expect(await refused(s3.send(new ListBucketsCommand({})))).toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining('with an explicit deny in an identity-based policy'),
  })
})

test('a user may what its group may, on that resource alone', async () => {
  const { clients, name: UserName } = await cast.makeUser()
  await cast.admin.iam.send(new CreateGroupCommand({ GroupName: 'readers' }))
  await cast.admin.iam.send(new AddUserToGroupCommand({ GroupName: 'readers', UserName }))
  const one = document(allow('ssm:GetParameter', 'arn:aws:ssm:*:*:parameter/open/*'))
  await cast.admin.iam.send(
    new PutGroupPolicyCommand({ GroupName: 'readers', PolicyName: 'p', PolicyDocument: one }),
  )
  for (const Name of ['/open/a', '/shut/a'])
    await cast.admin.ssm.send(new PutParameterCommand({ Name, Value: 'v', Type: 'String' }))
  expect((await clients.ssm.send(new GetParameterCommand({ Name: '/open/a' }))).Parameter?.Value).toBe('v')
  expect((await refused(clients.ssm.send(new GetParameterCommand({ Name: '/shut/a' })))).name).toBe(
    'AccessDeniedException',
  )
})

test('a user with ReadOnlyAccess reads, and writes nothing; LookupEvents would show it', async () => {
  const { clients, name: UserName } = await cast.makeUser()
  await cast.admin.iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: readOnlyAccess }))
  await clients.ec2.send(new DescribeVpcsCommand({}))
  await clients.iam.send(new ListRolesCommand({}))
  expect((await refused(clients.s3.send(new CreateBucketCommand({ Bucket: 'not-mine' })))).name).toBe(
    'AccessDenied',
  )
  const records = (await readJournal(room, cast.admin)).filter(({ principal }) =>
    principal?.endsWith(UserName),
  )
  expect(records.map(({ operation, error }) => [operation, error])).toEqual([
    ['DescribeVpcs', null],
    ['ListRoles', null],
    ['CreateBucket', 'AccessDenied'],
  ])
})
