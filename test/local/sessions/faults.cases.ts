import { TerminateSessionCommand } from '@aws-sdk/client-ssm'
import { expect, test } from 'vitest'
import { type Client, connectClient } from './client.ts'
import { clients, connect, fail, id, list, makeDocument, resume, room } from './place.ts'

const echo = `python3 -c '
import socket, threading
s = socket.create_server(("127.0.0.1", 7010))
def serve(c):
    while d := c.recv(65536): c.sendall(d)
    c.close()
while True: threading.Thread(target=serve, args=[s.accept()[0]], daemon=True).start()
'`

/** A session that is one connection to a port of the guest that says what it hears. */
const open = async () => {
  await room.output(
    id,
    `ss -ltn | grep -q :7010 || setsid ${echo} >/dev/null 2>&1 </dev/null & until ss -ltn | grep -q :7010; do sleep 0.1; done`,
  )
  const raw = { DocumentName: 'AWS-StartSSHSession', Parameters: { portNumber: ['7010'] } }
  const { client, sessionId } = await connect(raw)
  await client.until('end of the handshake', () => client.completed())
  client.type('ready')
  await client.see(/ready/)
  return { client, sessionId }
}
const size = 200_000
const bytes = Buffer.from(Array.from({ length: size }, (_, index) => (index * 7 + (index >> 8)) % 256))
const type = (client: Client, from = 0, to = size) => {
  for (let at = from; at < to; at += 1024) client.type(bytes.subarray(at, Math.min(at + 1024, to)))
}
const seesAll = async (client: Client) => {
  await client.until('echo', () => client.kept.output.length >= size + 5)
  expect(client.kept.output.subarray(5).equals(bytes)).toBe(true)
}
const quiet = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

test.each([
  ['sent twice', { duplicate: true }],
  ['sent in the wrong order', { reorder: true }],
  ['sent twice and in the wrong order', { duplicate: true, reorder: true }],
])(
  'what is %s arrives once and in order',
  async (_what, fault) => {
    const { client, sessionId } = await open()
    await fail(sessionId, fault)
    type(client)
    await seesAll(client)
  },
  240_000,
)

test('acknowledgements that are withheld are asked for until they come', async () => {
  const { client, sessionId } = await open()
  await client.until('nothing on the way', () => client.link.pending === 0)
  await fail(sessionId, { withholdAcks: true })
  type(client, 0, size / 2)
  await client.until('half of it', () => client.kept.output.length >= size / 2 + 5)
  expect(client.link.pending).toBe(Math.ceil(size / 2 / 1024))
  await fail(sessionId, { withholdAcks: false })
  await client.until('nothing on the way', () => client.link.pending === 0)
  type(client, size / 2)
  await seesAll(client)
}, 240_000)

test('who is told to pause says nothing, and everything afterwards', async () => {
  const { client, sessionId } = await open()
  await fail(sessionId, { pause: true })
  // It goes by another connection than the answer to whoever has set it.
  await client.until('pause', () => client.link.paused)
  type(client)
  await quiet(700)
  expect(client.kept.output.length).toBe(5)
  await fail(sessionId, { pause: false })
  await seesAll(client)
}, 240_000)

test('a connection that is cut is gone without a word, and what was on the way comes by the next', async () => {
  const { client, sessionId } = await open()
  type(client, 0, size / 2)
  await fail(sessionId, { cut: true })
  await client.until('drop', () => client.drops() === 1)
  type(client, size / 2)
  await client.connect(await resume(sessionId))
  await seesAll(client)
}, 240_000)

test('the cut of every hour comes after milliseconds, again and again', async () => {
  const { client, sessionId } = await open()
  await fail(sessionId, { cutEvery: 400 })
  for (let cut = 0; cut < 3; cut += 1) {
    type(client, (cut * size) / 4, ((cut + 1) * size) / 4)
    await client.until('drop', () => client.drops() > cut)
    await client.connect(await resume(sessionId))
  }
  await fail(sessionId, { cutEvery: 0 })
  // The last one may have come in between.
  if (client.drops() > 3) await client.connect(await resume(sessionId))
  type(client, (3 * size) / 4)
  await seesAll(client)
}, 240_000)

test('a token that has expired opens nothing; the next one does', async () => {
  const { client, sessionId } = await open()
  const ticket = await resume(sessionId)
  await fail(sessionId, { expireToken: true })
  const late = await connectClient(ticket)
  clients.push(late)
  await late.until('refusal', () => late.drops() > 0)
  await client.connect(await resume(sessionId))
  client.type(' again')
  await client.see(/ready again/)
}, 240_000)

test('a session ends after its longest time, however busy it is', async () => {
  await makeDocument('Short', { sessionType: 'Standard_Stream', inputs: { maxSessionDuration: '1' } })
  const { client, sessionId } = await connect({ DocumentName: 'Short' })
  await client.see(/\$ $/)
  client.type('while :; do echo busy; sleep 0.1; done\r')
  await client.see(/busy\r\n/)
  await fail(sessionId, { minute: 1000 })
  expect(await client.end()).toBe('Session reached its maximum duration of 1 minutes.')
  await room.output(id, 'while pgrep -u ssm-user -x sleep; do sleep 0.1; done')
  expect((await resume(sessionId)).TokenValue).toBeUndefined()
}, 240_000)

test('the last words of a session wait for a client that may come back, not for one that has ended it', async () => {
  const { client, sessionId } = await connect()
  await client.see(/\$ $/)
  client.type('sleep 0.5; echo bye; exit\r')
  await client.see(/exit\r\n/)
  client.drop()
  await quiet(1500)
  expect(await list('Active', sessionId)).toBeDefined()
  await room.clients.ssm.send(new TerminateSessionCommand({ SessionId: sessionId }))
  await expect.poll(() => list('Active', sessionId)).toBeUndefined()
}, 240_000)
