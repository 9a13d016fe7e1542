import { DescribeVpcsCommand } from '@aws-sdk/client-ec2'
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { GetParameterCommand } from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { describe, expect, test } from 'vitest'
import { clientsFor } from '../control/fixture.ts'
import { error, target } from './signature-place.ts'

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
