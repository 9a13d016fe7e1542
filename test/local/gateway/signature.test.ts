import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { DescribeVpcsCommand } from '@aws-sdk/client-ec2'
import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  ListUsersCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam'
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LocalTarget } from '../../../local/control/ensure.ts'
import { planRefusal } from '../../../local/gateway/errors.ts'
import { planSignature, verifySignature } from '../../../local/gateway/verify-signature.ts'
import { childEnvironment, clientsFor, openRoom, python, type Room } from '../control/fixture.ts'

let room: Room
let target: LocalTarget
let clients: ReturnType<typeof clientsFor>

beforeAll(async () => {
  room = await openRoom()
  target = await room.up()
  clients = clientsFor(target)
  await clients.s3.send(
    new CreateBucketCommand({
      Bucket: 'signed',
      CreateBucketConfiguration: { LocationConstraint: 'us-west-2' },
    }),
  )
})
afterAll(() => room.close())

const error = async (work: Promise<unknown>) => {
  const caught = await work.then(
    () => undefined,
    (reason: { name: string; message: string; $metadata?: { httpStatusCode?: number } }) => reason,
  )
  return { name: caught?.name, status: caught?.$metadata?.httpStatusCode, message: caught?.message }
}

/** botocore signs, not the JavaScript SDK: two independent authors must agree with ours. */
const runPython = async (script: string, env = childEnvironment(target)): Promise<string> => {
  const head = 'import boto3, os\nfrom botocore.config import Config\n'
  const { stdout } = await promisify(execFile)(python, ['-c', head + script], { env })
  return stdout.trim()
}

describe('what is signed rightly is answered', () => {
  test('query, EC2, JSON and REST protocols', async () => {
    expect((await clients.sts.send(new GetCallerIdentityCommand({}))).Account).toBe(target.accountId)
    expect((await clients.ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1)
    expect((await clients.iam.send(new ListUsersCommand({}))).Users).toHaveLength(1)
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

describe('who is who changes', () => {
  test('a key is taken as soon as it is made, and refused as soon as it is switched off or deleted', async () => {
    await clients.iam.send(new CreateUserCommand({ UserName: 'carol' }))
    const { AccessKey } = await clients.iam.send(new CreateAccessKeyCommand({ UserName: 'carol' }))
    const keys = {
      accessKeyId: AccessKey?.AccessKeyId as string,
      secretAccessKey: AccessKey?.SecretAccessKey as string,
    }
    const { sts } = clientsFor(target, keys)
    const ask = () => error(sts.send(new GetCallerIdentityCommand({})))
    const change = (Status: 'Active' | 'Inactive') =>
      clients.iam.send(
        new UpdateAccessKeyCommand({ UserName: 'carol', AccessKeyId: keys.accessKeyId, Status }),
      )
    expect((await ask()).name).toBeUndefined()
    await change('Inactive')
    expect((await ask()).name).toBe('InvalidClientTokenId')
    await change('Active')
    expect((await ask()).name).toBeUndefined()
    await clients.iam.send(new DeleteAccessKeyCommand({ UserName: 'carol', AccessKeyId: keys.accessKeyId }))
    expect((await ask()).name).toBe('InvalidClientTokenId')
  })
})

describe('clocks', () => {
  test.each([-10, 10])('a laptop that is %i years off is answered', async (years) => {
    const systemClockOffset = years * 365 * 86_400_000
    const { accessKeyId, secretAccessKey } = target
    const sts = new STSClient({
      endpoint: target.endpoint,
      region: 'us-west-2',
      maxAttempts: 1,
      credentials: { accessKeyId, secretAccessKey },
      systemClockOffset,
    })
    expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe(target.accountId)
  })

  test('a session ends when it ends, and not before', () => {
    const headers = [
      ['host', 'h'],
      ['x-amz-date', '20260101T000000Z'],
      ['x-amz-security-token', 't'],
    ] as const
    const incoming = {
      id: '',
      method: 'POST',
      path: '/',
      query: '',
      headers,
      body: Buffer.from('x'),
      source: '',
    }
    const scope = {
      accessKeyId: 'A',
      date: '20260101',
      region: 'r',
      service: 'sts',
      time: '20260101T000000Z',
      presigned: undefined,
    }
    const unsigned = {
      ...scope,
      signedHeaders: ['host', 'x-amz-date', 'x-amz-security-token'],
      signature: '',
      sessionToken: 't',
    }
    const hash = createHash('sha256').update('x').digest('hex')
    const credential = { ...unsigned, signature: planSignature(incoming, unsigned, 's', hash) }
    const principal = {
      accessKeyId: 'A',
      secretAccessKey: 's',
      sessionToken: 't',
      arn: '',
      userId: '',
      accountId: '',
      expiration: '2026-01-01T01:00:00Z',
    }
    const at = (time: string) => verifySignature(incoming, credential, principal, Date.parse(time))
    expect(at('2026-01-01T00:59:59Z')).toBeUndefined()
    expect(at('2026-01-01T01:00:00Z')).toBe('expired-session')
    expect(planRefusal('query', 'expired-session')).toMatchObject({ status: 403, code: 'ExpiredToken' })
  })
})

describe('what is not is refused with the code of AWS', () => {
  const calls = (c: ReturnType<typeof clientsFor>) => ({
    sts: c.sts.send(new GetCallerIdentityCommand({})),
    ec2: c.ec2.send(new DescribeVpcsCommand({})),
    ssm: c.ssm.send(new GetParameterCommand({ Name: '/a/ü' })),
    s3: c.s3.send(new ListObjectsV2Command({ Bucket: 'signed' })),
  })
  const names = async (c: ReturnType<typeof clientsFor>) =>
    Object.fromEntries(
      await Promise.all(Object.entries(calls(c)).map(async ([key, call]) => [key, (await error(call)).name])),
    )

  test('a wrong secret', async () => {
    const wrong = clientsFor(target, { accessKeyId: target.accessKeyId, secretAccessKey: 'wrong' })
    expect(await names(wrong)).toEqual({
      sts: 'SignatureDoesNotMatch',
      ec2: 'SignatureDoesNotMatch',
      ssm: 'InvalidSignatureException',
      s3: 'SignatureDoesNotMatch',
    })
    expect(await error(wrong.sts.send(new GetCallerIdentityCommand({})))).toMatchObject({
      status: 403,
      message: expect.stringContaining('npm run local:env'),
    })
  })

  test('an unknown key, which might be a real one of AWS', async () => {
    const wrong = clientsFor(target, { accessKeyId: 'AKIAREALKEYOFSOMEONE', secretAccessKey: 'x' })
    expect(await names(wrong)).toEqual({
      sts: 'InvalidClientTokenId',
      ec2: 'AuthFailure',
      ssm: 'UnrecognizedClientException',
      s3: 'InvalidAccessKeyId',
    })
  })

  test('no signature at all, and one of version 2', async () => {
    const anonymous = await fetch(target.endpoint, {
      method: 'POST',
      body: new URLSearchParams({ Action: 'GetCallerIdentity' }),
    })
    expect(anonymous.status).toBe(403)
    const old = await fetch(
      `${target.endpoint}/signed/head?AWSAccessKeyId=${target.accessKeyId}&Signature=x&Expires=9999999999`,
    )
    expect([old.status, await old.text()]).toEqual([400, expect.stringContaining('InvalidRequest')])
  })

  /** A request as the SDK signs it, changed on its way. */
  const tampered = async (
    change: (request: {
      body: unknown
      headers: Record<string, string>
      query: Record<string, string>
      path: string
    }) => void,
  ) => {
    const client = clientsFor(target).s3
    client.middlewareStack.add(
      (next) => (args) => {
        change(args.request as never)
        return next(args)
      },
      { step: 'finalizeRequest', priority: 'low', name: 'tamper' },
    )
    return error(
      client.send(new PutObjectCommand({ Bucket: 'signed', Key: 'tampered', Body: Buffer.from('honest') })),
    )
  }

  test('a body changed on the way', async () => {
    expect(
      (
        await tampered((request) => {
          request.body = Buffer.from('HONEST')
        })
      ).name,
    ).toBe('XAmzContentSHA256Mismatch')
  })
  test('a path changed on the way', async () => {
    expect(
      (
        await tampered((request) => {
          request.path = '/signed/elsewhere'
        })
      ).name,
    ).toBe('SignatureDoesNotMatch')
  })
  test('a query added on the way', async () => {
    expect(
      (
        await tampered((request) => {
          request.query.acl = ''
        })
      ).name,
    ).toBe('SignatureDoesNotMatch')
  })
  test('a header added on the way', async () => {
    expect(
      (
        await tampered((request) => {
          request.headers['x-amz-acl'] = 'public-read'
        })
      ).name,
    ).toBe('AccessDenied')
  })
  test('a signed header changed on the way', async () => {
    expect(
      (
        await tampered((request) => {
          request.headers['x-amz-date'] = '20200101T000000Z'
        })
      ).name,
    ).toBe('SignatureDoesNotMatch')
  })
  test('unchanged, the same request is taken', async () => {
    expect((await tampered(() => {})).name).toBeUndefined()
  })
})
