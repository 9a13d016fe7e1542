import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { beforeAll, expect, test } from 'vitest'
import { names } from '../../../config/names.ts'
import { planEncryptionContext } from '../../../protocol/ssm/cipher.ts'
import { renderSessionDocuments } from '../../../stacks/session-documents.ts'
import type { DataKey, Keys } from './client.ts'
import { callKms } from './kms.ts'
import { connect, id, list, makeDocument, room } from './place.ts'

const house = renderSessionDocuments({ idleMinutes: 15, maxMinutes: 480, logRetentionDays: 30 })
const makeHouseDocument = (kind: keyof typeof house) =>
  makeDocument(names.sessionDocuments[kind], JSON.parse(house[kind]) as object)

let logs: CloudWatchLogsClient
beforeAll(async () => {
  const { endpoint, accessKeyId, secretAccessKey } = room.target
  logs = new CloudWatchLogsClient({
    endpoint,
    region: 'us-west-2',
    credentials: { accessKeyId, secretAccessKey },
  })
  await logs.send(new CreateLogGroupCommand({ logGroupName: names.sessionLogGroup }))
})

/** Messages of the log of a session, as soon as they fit. */
const see = async (logGroupName: string, logStreamName: string, fits: (all: string[]) => boolean) => {
  const end = performance.now() + 120_000
  for (;;) {
    const asked = new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true })
    const { events = [] } = await logs.send(asked).catch(() => ({ events: [] }))
    const all = events.map(({ message = '' }) => message)
    if (fits(all)) return all
    if (performance.now() > end) throw new Error(`not in the log: ${JSON.stringify(all)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

test('what a shell of the house shows is streamed to the log group, without what paints', async () => {
  await room.output(id, 'useradd -m kiro')
  await makeHouseDocument('shell')
  const { client, sessionId } = await connect({ DocumentName: names.sessionDocuments.shell })
  client.type("printf '\\033[31mr%s\\033[0m\\n' ed; id -un; pwd\r")
  await client.see(/\/home\/kiro\r\n/)
  const [first = ''] = await see(names.sessionLogGroup, sessionId, (all) => /"red"/.test(all.join('')))
  const event = JSON.parse(first) as { sessionData: string[] }
  expect(event).toMatchObject({
    ...{ eventVersion: '1.0', awsRegion: 'us-west-2', target: { id }, runAsUser: 'kiro', sessionId },
    userIdentity: { arn: expect.stringContaining('local-operator') },
  })
  client.type('exit\r')
  await client.end()
  const all = await see(names.sessionLogGroup, sessionId, (found) => /exit/.test(found.join('')))
  const lines = all.flatMap((one) => (JSON.parse(one) as { sessionData: string[] }).sessionData)
  expect(lines.slice(lines.indexOf('red')).slice(0, 3)).toEqual(['red', 'kiro', '/home/kiro'])
  expect(await list('History', sessionId)).toMatchObject({
    OutputUrl: {
      CloudWatchOutputUrl: expect.stringContaining(`group=${names.sessionLogGroup};stream=${sessionId}`),
    },
  })
}, 240_000)

test('a command is logged when it is over, with its errors', async () => {
  await makeHouseDocument('command')
  const { client, sessionId } = await connect({
    DocumentName: names.sessionDocuments.command,
    Parameters: { command: [`bash -c 'seq 3; sleep 0.2; echo no >&2; exit 4'`] },
  })
  await client.end()
  expect(client.exitCode()).toBe(4)
  const [message] = await see(names.sessionLogGroup, sessionId, (all) => all.length > 0)
  expect(message).toBe('1\n2\n3\nno\nEXIT_CODE: 4')
}, 240_000)

test('what a session has said is an object of S3 when it is over; without the bucket, that is in the log of the gateway', async () => {
  const { endpoint, accessKeyId, secretAccessKey } = room.target
  const credentials = { accessKeyId, secretAccessKey }
  const s3 = new S3Client({ endpoint, region: 'us-west-2', forcePathStyle: true, credentials })
  await s3.send(new CreateBucketCommand({ Bucket: 'kept-sessions' }))
  for (const s3BucketName of ['kept-sessions', 'nobodys-bucket'])
    await makeDocument(`To-${s3BucketName}`, {
      ...{ sessionType: 'NonInteractiveCommands', inputs: { s3BucketName, s3KeyPrefix: 'logs/kiro' } },
      properties: {
        linux: { commands: `sh -c 'echo Grüße; echo no >&2; exit 4'`, separateOutputStream: true },
      },
    })
  const { client, sessionId } = await connect({ DocumentName: 'To-kept-sessions' })
  await client.end()
  const Key = `logs/kiro/${sessionId}.log`
  const text = await client.until('object', () =>
    s3.send(new GetObjectCommand({ Bucket: 'kept-sessions', Key })).then(
      ({ Body }) => Body?.transformToString(),
      () => undefined,
    ),
  )
  expect(text).toBe('Grüße\nno\nEXIT_CODE: 4')
  expect(await list('History', sessionId)).toMatchObject({
    OutputUrl: { S3OutputUrl: `https://s3.us-west-2.amazonaws.com/kept-sessions/${Key}` },
  })
  const lost = await connect({ DocumentName: 'To-nobodys-bucket' })
  await lost.client.end()
  expect(lost.client.exitCode()).toBe(4)
  const line = `session ${lost.sessionId}: its log is not in s3://nobodys-bucket/logs/kiro/${lost.sessionId}.log: NoSuchBucket`
  await client.until('line', () =>
    readFileSync(join(room.room.paths.local, 'gateway.log'), 'utf8').includes(line),
  )
}, 240_000)

test('a log group that is not there costs the log; one that must be encrypted and is not, the session', async () => {
  const shell = (inputs: object) => ({ sessionType: 'Standard_Stream', inputs })
  await makeDocument('NoGroup', shell({ cloudWatchLogGroupName: '/none', cloudWatchStreamingEnabled: true }))
  const silent = await connect({ DocumentName: 'NoGroup' })
  await silent.client.see(/\$ $/)
  expect(readFileSync(join(room.room.paths.local, 'gateway.log'), 'utf8')).toContain(
    `session ${silent.sessionId}: is not logged to /none: there is no such log group`,
  )
  const plain = { cloudWatchLogGroupName: names.sessionLogGroup, cloudWatchEncryptionEnabled: true }
  await makeDocument('MustEncrypt', shell(plain))
  const refused = await connect({ DocumentName: 'MustEncrypt' })
  expect(await refused.client.end()).toContain(
    'encryption is not set up on the selected CloudWatch Logs log group',
  )
  expect(await list('History', refused.sessionId)).toMatchObject({ Status: 'Failed' })
}, 240_000)

/** What a client does: a key for this session and this target. */
const keysFor =
  (rest: Partial<Keys> = {}, target?: string) =>
  (sessionId: string): Keys => ({
    knowsChallenge: true,
    make: (keyId, challenge) => {
      const EncryptionContext = planEncryptionContext(sessionId, target ?? id, challenge)
      const input = { KeyId: keyId, NumberOfBytes: 64, EncryptionContext }
      return callKms<DataKey>(room.target, 'GenerateDataKey', input)
    },
    ...rest,
  })

let kmsKeyId = ''
test('a session with a KMS key is encrypted both ways, by clients that know the challenge and by older ones', async () => {
  kmsKeyId = (await callKms<{ KeyMetadata: { Arn: string } }>(room.target, 'CreateKey', {})).KeyMetadata.Arn
  const kept = { cloudWatchLogGroupName: names.sessionLogGroup, cloudWatchStreamingEnabled: true }
  await makeDocument('Encrypted', { sessionType: 'Standard_Stream', inputs: { kmsKeyId, ...kept } })
  for (const knowsChallenge of [true, false]) {
    const { client, sessionId } = await connect({ DocumentName: 'Encrypted' }, keysFor({ knowsChallenge }))
    await client.see(/\$ $/)
    client.type('echo se""cret\r')
    await client.see(/\r\nsecret\r\n/)
    expect(client.encrypts()).toBe(true)
    expect(client.greeting()).toBe('This session is encrypted using AWS KMS.')
    await see(names.sessionLogGroup, sessionId, (all) => /"secret"/.test(all.join('')))
  }
}, 240_000)

test('a command with a KMS key says its errors and its exit code encrypted', async () => {
  const linux = { commands: `bash -c 'echo out; echo err >&2; exit 9'`, separateOutputStream: true }
  await makeDocument('EncryptedCommand', {
    ...{ sessionType: 'NonInteractiveCommands', inputs: { kmsKeyId }, properties: { linux } },
  })
  const { client } = await connect({ DocumentName: 'EncryptedCommand' }, keysFor())
  await client.end()
  expect([client.kept.output.toString(), client.kept.stderr.toString(), client.exitCode()]).toEqual([
    ...['out\n', 'err\n', 9],
  ])
}, 240_000)

test.each([
  [
    'a key for another machine',
    keysFor({}, 'i-00000000000000000'),
    /Fetching data key failed: .*InvalidCiphertext/,
  ],
  ['a challenge that is answered wrongly', keysFor({ lies: true }), /Encryption challenge does not match!/],
  ['a client that cannot', undefined, /KMSEncryption failed on client with status 3/],
])(
  '%s ends an encrypted session before it begins',
  async (_what, keys, text) => {
    const { client, sessionId } = await connect({ DocumentName: 'Encrypted' }, keys)
    expect(await client.end()).toMatch(text)
    expect(client.kept.output.length).toBe(0)
    expect(await list('History', sessionId)).toMatchObject({ Status: 'Failed' })
  },
  240_000,
)
