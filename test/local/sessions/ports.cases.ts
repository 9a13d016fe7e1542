import { expect, test } from 'vitest'
import { names } from '../../../config/names.ts'
import { command, createFrameReader, type Frame, renderFrame } from '../../../protocol/smux/frame.ts'
import { renderSessionDocuments } from '../../../stacks/session-documents.ts'
import { connect, id, list, makeDocument, room } from './place.ts'

/** A server at an address and with a name that exist in the guest alone. */
const planServer = (address: string) => `set -e
grep -q db.internal /etc/hosts || echo "${address} db.internal" >>/etc/hosts
setsid python3 -c '
import socket
s = socket.create_server(("${address}", 5432))
while True:
    c, a = s.accept()
    c.sendall(b"from " + a[0].encode() + b": " + c.recv(100))
    c.close()
' >/dev/null 2>&1 </dev/null &
until ss -ltn | grep -q :5432; do sleep 0.1; done`

/** The machine's own, which nothing but its network knows. */
const findAddress = async () => (await room.describe(id)).PrivateIpAddress as string

test('a host that the machine reaches is reached through it, by its name there', async () => {
  const address = await findAddress()
  await room.output(id, planServer(address))
  const house = renderSessionDocuments({ idleMinutes: 15, maxMinutes: 480, logRetentionDays: 30 })
  await makeDocument(names.sessionDocuments.forwardHost, JSON.parse(house.forwardHost) as object)
  const { client } = await connect({
    DocumentName: names.sessionDocuments.forwardHost,
    Parameters: { host: ['db.internal'], portNumber: ['5432'] },
  })
  const seen: Frame[] = []
  const read = createFrameReader((frame) => seen.push({ ...frame, data: Buffer.from(frame.data) }))
  const say = (what: number, stream: number, data = '') =>
    client.type(renderFrame({ version: 1, command: what, stream, data: Buffer.from(data) }))
  await client.until('end of the handshake', () => client.completed())
  for (const stream of [3, 5]) {
    say(command.syn, stream)
    say(command.push, stream, `stream ${stream}`)
  }
  let taken = 0
  await client.until('both answers', () => {
    read(client.kept.output.subarray(taken))
    taken = client.kept.output.length
    return seen.filter(({ command: what }) => what === command.fin).length === 2
  })
  const said = (stream: number) =>
    Buffer.concat(
      seen.filter((one) => one.stream === stream && one.command === command.push).map(({ data }) => data),
    )
  expect([3, 5].map((stream) => said(stream).toString())).toEqual([
    ...[`from ${address}: stream 3`, `from ${address}: stream 5`],
  ])
}, 240_000)

const parameters = { host: { type: 'String' }, portNumber: { type: 'String' } }
const properties = { host: '{{ host }}', portNumber: '{{ portNumber }}' }

test.each([
  ['169.254.169.254', 'Forwarding to IP address 169.254.169.254 is forbidden.'],
  ['localhost', 'Forwarding to IP address localhost is forbidden.'],
  ['2130706433', 'Forwarding to IP address 2130706433 is forbidden.'],
  ['nowhere.internal', 'nowhere.internal: the machine finds no such host'],
  ['db.internal', 'Connection to destination port failed: db.internal:5433: ECONNREFUSED'],
  ['$(id)', 'is no name of a host'],
])(
  '%s as a remote host: the session says why not',
  async (host, text) => {
    await makeDocument('Remote', { sessionType: 'Port', parameters, properties }).catch(() => {})
    const { client, sessionId } = await connect({
      DocumentName: 'Remote',
      Parameters: { host: [host], portNumber: ['5433'] },
    })
    expect(await client.end()).toContain(text)
    expect(await list('History', sessionId)).toMatchObject({ Status: 'Failed' })
  },
  240_000,
)
