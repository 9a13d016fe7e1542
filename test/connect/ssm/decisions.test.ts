import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findProxy } from '../../../connect/proxy.ts'
import { answerHandshake } from '../../../connect/ssm/answer-handshake.ts'
import { planBackOff } from '../../../connect/ssm/back-off.ts'
import { createOutbox } from '../../../connect/ssm/outbox.ts'
import { signUpgrade } from '../../../connect/ssm/sign-upgrade.ts'

const key = { plain: Buffer.alloc(64, 7), sealed: 'c2VhbGVk' }
const ask = (...actions: { ActionType: string; ActionParameters: unknown }[]) =>
  answerHandshake({ AgentVersion: '3.3.1611.0', RequestedClientActions: actions }, async () => key)
const port = { ActionType: 'SessionType', ActionParameters: { SessionType: 'Port', Properties: {} } }

describe('the answer to a handshake', () => {
  test('has one entry per action in the same order, and the key', async () => {
    const kms = { ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: 'k', Challenge: 'abc' } }
    const { response, key: plain, session } = await ask(port, kms)
    expect(response.ProcessedClientActions).toMatchObject([
      { ActionType: 'SessionType', ActionStatus: 1 },
      {
        ...{ ActionType: 'KMSEncryption', ActionStatus: 1 },
        ActionResult: { KMSCipherTextKey: 'c2VhbGVk', ChallengeAcknowledgement: true },
      },
    ])
    expect([plain, session?.SessionType]).toEqual([key.plain, 'Port'])
  })

  test('says of a challenge that it was heard only when there was one', async () => {
    const { response } = await ask({ ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: 'k' } })
    expect(response.ProcessedClientActions[0]?.ActionResult).not.toHaveProperty('ChallengeAcknowledgement')
  })

  test.each([
    ['an action nobody knows', { ActionType: 'Dance', ActionParameters: {} }, 3],
    ['a session nobody knows', { ActionType: 'SessionType', ActionParameters: { SessionType: 'X' } }, 2],
    ['parameters that are none', { ActionType: 'KMSEncryption', ActionParameters: 'k' }, 2],
  ])('%s is no success, and has a reason', async (_what, action, status) => {
    const { response } = await ask(action)
    expect(response.ProcessedClientActions[0]).toMatchObject({ ActionStatus: status })
    expect(response.Errors).toEqual([response.ProcessedClientActions[0]?.Error])
    expect(response.Errors[0]).not.toBe('')
  })
})

test('input leaves in order, whole, in messages of at most a kilobyte, whatever room there is', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 12 })
  fc.assert(
    fc.property(pieces, fc.array(fc.nat(4), { minLength: 1, maxLength: 20 }), (written, rooms) => {
      const sent: Buffer[] = []
      let room = 0
      const outbox = createOutbox({
        room: () => room,
        send: (_type, payload) => {
          room -= 1
          sent.push(payload)
        },
        onDrain: () => {},
      })
      for (const [index, piece] of written.entries()) {
        room = rooms[index % rooms.length] ?? 0
        outbox.write(Buffer.from(piece))
      }
      room = 1000
      outbox.drain()
      expect(Buffer.concat(sent)).toEqual(Buffer.concat(written))
      expect(Math.max(0, ...sent.map(({ length }) => length))).toBeLessThanOrEqual(1024)
      expect(outbox.empty).toBe(true)
    }),
  )
})

test('who writes too much is told to wait, and told when there is room', () => {
  let room = 0
  let drained = 0
  const outbox = createOutbox({
    room: () => room,
    send: () => {
      room -= 1
    },
    onDrain: () => {
      drained += 1
    },
  })
  expect(outbox.write(Buffer.alloc(200 * 1024))).toBe(true)
  expect(outbox.write(Buffer.alloc(100 * 1024))).toBe(false)
  room = 100
  outbox.drain()
  expect(drained).toBe(0)
  room = 100
  outbox.drain()
  expect(drained).toBe(1)
})

test('retries wait longer each time, and never longer than five seconds', () => {
  expect([1, 2, 3, 4, 5].map((tries) => planBackOff(tries, 0.5))).toEqual([150, 300, 600, 1200, 2400])
  expect(planBackOff(50, 1)).toBe(5000)
})

describe('a signed upgrade', () => {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI', sessionToken: 'token' }
  const at = new Date('2026-01-02T03:04:05Z')
  const url =
    'wss://ssmmessages.us-west-2.amazonaws.com/v1/data-channel/alice-0a1?role=publish_subscribe&cell-number=AB%2Bc%3D'

  /** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, by hand. */
  test('has the signature that the rules give', async () => {
    const empty = createHash('sha256').update('').digest('hex')
    const request = [
      ...['GET', '/v1/data-channel/alice-0a1', 'cell-number=AB%2Bc%3D&role=publish_subscribe'],
      ...[
        'host:ssmmessages.us-west-2.amazonaws.com',
        'x-amz-date:20260102T030405Z',
        'x-amz-security-token:token',
      ],
      ...['', 'host;x-amz-date;x-amz-security-token', empty],
    ].join('\n')
    const scope = '20260102/us-west-2/ssmmessages/aws4_request'
    const hashed = createHash('sha256').update(request).digest('hex')
    const mac = (secret: string | Buffer, text: string) => createHmac('sha256', secret).update(text).digest()
    const signing = ['20260102', 'us-west-2', 'ssmmessages', 'aws4_request'].reduce<string | Buffer>(
      (secret, part) => mac(secret, part),
      `AWS4${credentials.secretAccessKey}`,
    )
    const signature = mac(signing, ['AWS4-HMAC-SHA256', '20260102T030405Z', scope, hashed].join('\n'))
    const headers = await signUpgrade(url, 'us-west-2', credentials, at)
    expect(headers.authorization).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=${signature.toString('hex')}`,
    )
  })

  test('is left out where the address carries its own', async () => {
    expect(await signUpgrade(`${url}&X-Amz-Signature=00`, 'us-west-2', credentials, at)).toEqual({})
  })
})

describe('a proxy', () => {
  test.each([
    ['wss://ssmmessages.us-west-2.amazonaws.com/x', 'http://proxy:3128'],
    ['wss://inside.example.com/x', undefined],
    ['ws://127.0.0.1:5000/x', undefined],
  ])('for %s is %s', (url, proxy) => {
    const before = { ...process.env }
    Object.assign(process.env, {
      ...{ HTTPS_PROXY: 'http://proxy:3128', HTTP_PROXY: 'http://proxy:3128', NO_PROXY: '.example.com' },
    })
    try {
      expect(findProxy(url)).toBe(proxy)
    } finally {
      process.env = before
    }
  })
})
