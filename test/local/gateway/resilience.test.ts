import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { request } from 'node:http'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { CreateVpcCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2'
import { CreateUserCommand, ListUsersCommand } from '@aws-sdk/client-iam'
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { PutParameterCommand } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { controlPath } from '../../../local/control/control-file.ts'
import type { LocalTarget } from '../../../local/control/ensure.ts'
import { readControlPlane } from '../../../local/control/read.ts'
import { createBackend } from '../../../local/gateway/backend.ts'
import { classify } from '../../../local/gateway/classify.ts'
import { isFailure, startShim } from '../../../local/gateway/shim.ts'
import { clientsFor, isAlive, openRoom, python, type Room, waitUntil } from '../control/fixture.ts'

let room: Room
let target: LocalTarget
let clients: ReturnType<typeof clientsFor>

beforeAll(async () => {
  room = await openRoom()
  target = await room.up()
  clients = clientsFor(target)
  await clients.s3.send(
    new CreateBucketCommand({
      Bucket: 'tough',
      CreateBucketConfiguration: { LocationConstraint: 'us-west-2' },
    }),
  )
})
afterAll(() => room.close())

const shimPid = async (): Promise<number> => {
  const pid = (await readControlPlane(room.paths))?.shim.pid
  // Signals to 0 go to the whole group of this process.
  if (!pid) throw new Error('the daemon does not say which process its moto is')
  return pid
}

test('moto killed again and again under 4 clients: each of 200 calls succeeds, once', async () => {
  let done = 0
  const client = async (name: number) => {
    const mine = clientsFor(target)
    for (let round = 0; round < 50; round += 1, done += 1) {
      const Name = `/loop/${name}/${round}`
      // Each of them fails, or counts twice, when it is executed twice.
      if (round % 3 === 0) await mine.ec2.send(new CreateVpcCommand({ CidrBlock: '10.1.0.0/16' }))
      else if (round % 3 === 1) await mine.iam.send(new CreateUserCommand({ UserName: `u-${name}-${round}` }))
      else await mine.ssm.send(new PutParameterCommand({ Name, Value: 'x', Type: 'String' }))
    }
  }
  const killer = async () => {
    for (const mark of [20, 70, 120]) {
      await waitUntil(() => done >= mark)
      process.kill(await shimPid(), 'SIGKILL')
    }
  }
  await Promise.all([...[1, 2, 3, 4].map(client), killer()])
  expect((await readControlPlane(room.paths))?.shim.restarts).toBe(3)
  expect(
    (
      await clients.ec2.send(
        new DescribeVpcsCommand({ Filters: [{ Name: 'cidr', Values: ['10.1.0.0/16'] }] }),
      )
    ).Vpcs,
  ).toHaveLength(4 * 17)
  expect(
    (await clients.iam.send(new ListUsersCommand({}))).Users?.filter((user) =>
      user.UserName?.startsWith('u-'),
    ),
  ).toHaveLength(4 * 17)
})

test('the gateway killed: the next one finds everything, on the same port, with the same keys', async () => {
  await clients.s3.send(new PutObjectCommand({ Bucket: 'tough', Key: 'kept', Body: 'kept' }))
  const [before, shim] = [target, await shimPid()]
  process.kill(before.pid, 'SIGKILL')
  target = await room.up()
  expect(target).toEqual({ ...before, pid: target.pid, started: true })
  expect(target.pid).not.toBe(before.pid)
  await waitUntil(() => !isAlive(shim))
  const got = await clientsFor(target).s3.send(new GetObjectCommand({ Bucket: 'tough', Key: 'kept' }))
  expect(await got.Body?.transformToString()).toBe('kept')
})

/** A request as the SDK signs it, for a test that sends it at its own pace. */
const sign = async (
  key: string,
  body: Buffer,
): Promise<{ path: string; headers: Record<string, string> }> => {
  const { s3 } = clientsFor(target)
  let signed: { path: string; query: Record<string, string>; headers: Record<string, string> } | undefined
  s3.middlewareStack.add(
    () => async (args) => {
      signed = args.request as typeof signed
      throw new Error('not sent')
    },
    { step: 'finalizeRequest', priority: 'low', name: 'capture' },
  )
  await s3.send(new PutObjectCommand({ Bucket: 'tough', Key: key, Body: body })).catch(() => {})
  const { path, query, headers } = signed as NonNullable<typeof signed>
  return { path: `${path}?${new URLSearchParams(query)}`, headers }
}

test('a call in flight is finished before the daemon leaves', async () => {
  const body = randomBytes(100_000)
  const { path, headers } = await sign('late', body)
  const { port } = new URL(target.endpoint)
  // The daemon says that it has begun with the call: no clock can tell.
  const put = request({
    host: '127.0.0.1',
    port,
    method: 'PUT',
    path,
    headers: { ...headers, expect: '100-continue' },
  })
  const status = new Promise((resolve, reject) =>
    put.on('response', (message) => resolve(message.statusCode)).on('error', reject),
  )
  const begun = once(put, 'continue')
  put.write(body.subarray(0, 50_000))
  await begun
  process.kill(target.pid, 'SIGTERM')
  await waitUntil(() => !existsSync(controlPath(room.paths.local)))
  await new Promise((resolve) => setTimeout(resolve, 300))
  put.end(body.subarray(50_000))
  expect(await status).toBe(200)
  await waitUntil(() => !isAlive(target.pid))
  target = await room.up()
  const { Contents } = await clientsFor(target).s3.send(
    new ListObjectsV2Command({ Bucket: 'tough', Prefix: 'late' }),
  )
  expect(Contents?.[0]?.Size).toBe(body.length)
})

test('an answer lost on the way is fetched again, and the call is not done twice', async () => {
  const folder = join(room.paths.state, 'alone')
  mkdirSync(folder)
  const shim = startShim({ python, root: room.paths.root, folder, token: 't', log: () => {} })
  const ready = await shim.started
  if (isFailure(ready)) throw new Error(ready.detail)
  let lost = 0
  // Stands between gateway and moto and tears the connection when the first answer comes.
  const between = createServer((near) => {
    const far = connect(ready.port, '127.0.0.1')
    near
      .on('data', (data) => far.write(data))
      .on('error', () => {})
      .on('close', () => far.destroy())
    far.on('error', () => {}).on('data', (data) => (lost++ === 0 ? near.destroy() : near.write(data)))
  }).listen(0, '127.0.0.1')
  await waitUntil(() => between.listening)
  const { port } = between.address() as { port: number }
  const state = { kind: 'ready' as const, ready: { ...ready, port } }
  const backend = createBackend(
    { state: () => state, restarts: () => 0, settled: async () => state, stop: async () => {} },
    't',
  )
  const authorization =
    'AWS4-HMAC-SHA256 Credential=K/20260101/us-west-2/iam/aws4_request, SignedHeaders=host, Signature=x'
  const headers = [
    ['host', '127.0.0.1'],
    ['authorization', authorization],
    ['content-type', 'application/x-www-form-urlencoded'],
  ] as const
  const body = Buffer.from('Action=CreateUser&Version=2010-05-08&UserName=once')
  const incoming = { id: 'the-same-id', method: 'POST', path: '/', query: '', headers, body, source: '' }
  const reply = await backend.forward(incoming, classify(incoming, { service: 'iam', region: 'us-west-2' }))
  backend.close()
  between.close()
  await shim.stop()
  // Done twice, the second time would say EntityAlreadyExists.
  expect([reply.status, lost > 1, reply.body.toString()]).toEqual([
    200,
    true,
    expect.stringContaining('<UserName>once</UserName>'),
  ])
})

test('20 MB come back byte for byte', async () => {
  const body = randomBytes(20 * 1024 * 1024)
  const { s3 } = clientsFor(target)
  await s3.send(new PutObjectCommand({ Bucket: 'tough', Key: 'big', Body: body }))
  const got = await s3.send(new GetObjectCommand({ Bucket: 'tough', Key: 'big' }))
  expect(body.equals(Buffer.from((await got.Body?.transformToByteArray()) as Uint8Array))).toBe(true)
})

test('a body larger than 64 MiB is refused in words, and the daemon goes on', async () => {
  const answer = await fetch(`${target.endpoint}/tough/huge`, {
    method: 'PUT',
    body: Buffer.alloc(65 * 1024 * 1024),
  }).then(
    async (response) => [response.status, await response.text()],
    (reason: Error) => ['cut off', String(reason.cause)],
  )
  expect(answer).toEqual([413, expect.stringContaining('EntityTooLarge')])
  expect((await clientsFor(target).ec2.send(new DescribeVpcsCommand({}))).Vpcs?.length).toBeGreaterThan(0)
})
