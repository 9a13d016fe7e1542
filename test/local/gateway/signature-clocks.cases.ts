import { createHash } from 'node:crypto'
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { describe, expect, test } from 'vitest'
import { planRefusal } from '../../../local/gateway/errors.ts'
import { planSignature, verifySignature } from '../../../local/gateway/verify-signature.ts'
import { clientsFor } from '../control/fixture.ts'
import { clients, error, target } from './signature-place.ts'

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
