import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { DescribeVpcsCommand } from '@aws-sdk/client-ec2'
import { AttachRolePolicyCommand, CreateRoleCommand, ListUsersCommand } from '@aws-sdk/client-iam'
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { describe, expect, test } from 'vitest'
import { childEnvironment, clientsFor } from '../control/fixture.ts'
import { clients, error, runPython, target } from './signature-place.ts'
// More of it in the same place.
import './signature-refused.cases.ts'
import './signature-clocks.cases.ts'

describe('what is signed rightly is answered', () => {
  test('query, EC2, JSON and REST protocols', async () => {
    expect((await clients.sts.send(new GetCallerIdentityCommand({}))).Account).toBe(target.accountId)
    expect((await clients.ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1)
    const { Users } = await clients.iam.send(new ListUsersCommand({}))
    expect(Users?.map(({ UserName }) => UserName)).toContain('local-operator')
    await clients.ssm.send(new PutParameterCommand({ Name: '/a/ü', Value: 'wért', Type: 'String' }))
    expect((await clients.ssm.send(new GetParameterCommand({ Name: '/a/ü' }))).Parameter?.Value).toBe('wért')
  })

  test.each([
    'plain',
    'a b/c+d',
    'ü/名/🙂',
    "~*'()!@,;:&=$",
    'double//slash',
    'dots/../up',
    '%20literal',
    'q?x=y#z',
    ' lead and trail ',
  ])('S3 key %j', async (key) => {
    const Key = `odd/${key}`
    await clients.s3.send(
      new PutObjectCommand({ Bucket: 'signed', Key, Body: key, Metadata: { note: 'two  spaces' } }),
    )
    const got = await clients.s3.send(new GetObjectCommand({ Bucket: 'signed', Key }))
    expect(await got.Body?.transformToString()).toBe(key)
    const listed = await clients.s3.send(new ListObjectsV2Command({ Bucket: 'signed', Prefix: Key }))
    expect(listed.Contents?.map((item) => item.Key)).toContain(Key)
  })

  test('HEAD says the length of the object and sends no body', async () => {
    await clients.s3.send(new PutObjectCommand({ Bucket: 'signed', Key: 'head', Body: 'x'.repeat(1234) }))
    expect(
      (await clients.s3.send(new HeadObjectCommand({ Bucket: 'signed', Key: 'head' }))).ContentLength,
    ).toBe(1234)
  })

  test('the AWS CLI', async () => {
    const run = (...args: string[]) => promisify(execFile)('aws', args, { env: childEnvironment(target) })
    expect(JSON.parse((await run('sts', 'get-caller-identity')).stdout).Account).toBe(target.accountId)
    expect(
      (
        await run(
          'ec2',
          'describe-availability-zones',
          '--filters',
          'Name=zone-name,Values=us-west-2a',
          '--output',
          'text',
        )
      ).stdout,
    ).toContain('us-west-2a')
  })

  test('a presigned URL of S3, until it is changed', async () => {
    await clients.s3.send(new PutObjectCommand({ Bucket: 'signed', Key: 'pre signed+ü', Body: 'for you' }))
    const url = await runPython(
      `s3=boto3.client('s3',config=Config(signature_version='s3v4'))\nprint(s3.generate_presigned_url('get_object',Params=dict(Bucket='signed',Key='pre signed+ü',ResponseContentType='text/x y'),ExpiresIn=60))`,
    )
    const answer = await fetch(url)
    expect([answer.status, await answer.text()]).toEqual([200, 'for you'])
    expect((await fetch(url.replace('pre%20signed', 'pre%20Signed'))).status).toBe(403)
    expect((await fetch(url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600'))).status).toBe(403)
  })

  test('a presigned URL that is over is refused', async () => {
    const url = await runPython(
      `s3=boto3.client('s3',config=Config(signature_version='s3v4'))\nprint(s3.generate_presigned_url('get_object',Params=dict(Bucket='signed',Key='head'),ExpiresIn=1))`,
    )
    await new Promise((resolve) => setTimeout(resolve, 2100))
    const answer = await fetch(url)
    expect([answer.status, await answer.text()]).toEqual([
      403,
      expect.stringMatching(/AccessDenied.*Request has expired/),
    ])
  })

  test('keys of a session, with their token only', async () => {
    const trust = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
    }
    const role = await clients.iam.send(
      new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument: JSON.stringify(trust) }),
    )
    const reads = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
    await clients.iam.send(new AttachRolePolicyCommand({ RoleName: 'worker', PolicyArn: reads }))
    const { Credentials } = await clients.sts.send(
      new AssumeRoleCommand({ RoleArn: role.Role?.Arn, RoleSessionName: 'alice' }),
    )
    const keys = {
      accessKeyId: Credentials?.AccessKeyId as string,
      secretAccessKey: Credentials?.SecretAccessKey as string,
    }
    const session = clientsFor(target, { ...keys, sessionToken: Credentials?.SessionToken as string })
    expect((await session.sts.send(new GetCallerIdentityCommand({}))).Arn).toMatch(
      /assumed-role\/worker\/alice$/,
    )
    expect((await session.s3.send(new ListObjectsV2Command({ Bucket: 'signed' }))).KeyCount).toBeGreaterThan(
      0,
    )
    expect((await error(clientsFor(target, keys).sts.send(new GetCallerIdentityCommand({})))).name).toBe(
      'InvalidClientTokenId',
    )
    const wrong = clientsFor(target, { ...keys, sessionToken: 'another' })
    expect((await error(wrong.s3.send(new ListObjectsV2Command({ Bucket: 'signed' })))).name).toBe(
      'InvalidToken',
    )
    expect((await error(wrong.ssm.send(new GetParameterCommand({ Name: '/a/ü' })))).name).toBe(
      'UnrecognizedClientException',
    )
  })
})
