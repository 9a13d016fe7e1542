import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import { type AddressInfo, Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { ByteSocket, closeCode, type Side } from '../../protocol/websocket/byte-socket.ts'
import { renderAccept } from '../../protocol/websocket/handshake.ts'

/** Ours on one side and the library of the others, `ws`, on the other one. */
let server: Server
let port: number
let accepted: Promise<ByteSocket | WebSocket>
beforeAll(async () => {
  const theirs = new WebSocketServer({ noServer: true })
  server = createServer()
  const wait = () => {
    accepted = new Promise((resolve) => {
      server.once('upgrade', (asked, stream, early) => {
        if (asked.url === '/theirs') return theirs.handleUpgrade(asked, stream, early, resolve)
        const accept = renderAccept(asked.headers['sec-websocket-key'] ?? '')
        const head = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket']
        stream.write([...head, `Sec-WebSocket-Accept: ${accept}`, '', ''].join('\r\n'))
        resolve(new ByteSocket(stream, early, 'server', Socket))
      })
    })
  }
  wait()
  server.on('upgrade', wait)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => void server.close())

const openServer = async () => {
  const next = accepted
  const client = new WebSocket(`ws://127.0.0.1:${port}/ours`)
  await once(client, 'open')
  return { client, own: (await next) as ByteSocket }
}

const openClient = async (side: Side) => {
  const next = accepted
  const key = randomBytes(16).toString('base64')
  const asked = request({
    ...{ port, host: '127.0.0.1', path: '/theirs', agent: false },
    headers: {
      ...{ connection: 'Upgrade', upgrade: 'websocket' },
      ...{ 'sec-websocket-key': key, 'sec-websocket-version': '13' },
    },
  })
  asked.end()
  const [answer, stream, early] = await once(asked, 'upgrade')
  expect(answer.headers['sec-websocket-accept']).toBe(renderAccept(key))
  return { own: new ByteSocket(stream, early, side, Socket), server: (await next) as WebSocket }
}

/** Bytes until there are so many. */
const collect = (own: ByteSocket, wanted: number): Promise<Buffer> =>
  new Promise((resolve) => {
    const parts: Buffer[] = []
    let size = 0
    own.take((piece) => {
      parts.push(Buffer.from(piece))
      size += piece.length
      if (size >= wanted) resolve(Buffer.concat(parts))
    })
  })

const heard = async (socket: WebSocket) => {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer]
  return { code, reason: String(reason) }
}

test('a client with masks, with messages in parts and with pings is understood', async () => {
  const { client, own } = await openServer()
  const data = randomBytes(2 << 20)
  const got = collect(own, data.length)
  client.send(data.subarray(0, 70_000), { fin: false })
  client.ping('are you there')
  client.send(data.subarray(70_000, 70_001), { fin: false })
  client.send(data.subarray(70_001, 100_000))
  client.send(Buffer.alloc(0))
  client.send(data.subarray(100_000))
  const [pong] = await once(client, 'pong')
  expect(String(pong)).toBe('are you there')
  expect((await got).equals(data)).toBe(true)
  client.close()
  expect(await heard(client)).toEqual({ code: closeCode.none, reason: '' })
  expect(await own.closed).toEqual({ code: closeCode.none, reason: '' })
})

test.each<Side>(['client', 'client-bare'])('a server understands ours as %s', async (side) => {
  const { own, server } = await openClient(side)
  const data = randomBytes(300_000)
  const kept = Buffer.from(data)
  server.on('message', (message) => server.send(message as Buffer))
  const back = collect(own, data.length)
  own.send(data.subarray(0, 10))
  own.send(data.subarray(10))
  expect((await back).equals(kept)).toBe(true)
  // Whose memory it is notices nothing of masks.
  expect(data.equals(kept)).toBe(true)
  const ended = heard(server)
  own.close()
  expect(await ended).toMatchObject({ code: closeCode.none })
  expect(await own.closed).toEqual({ code: closeCode.none, reason: '' })
})

test('an end comes with its code and its reason, after all that was said before', async () => {
  const { client, own } = await openServer()
  const sizes: number[] = []
  client.on('message', (data: Buffer) => sizes.push(data.length))
  own.send(Buffer.alloc(1 << 20))
  own.discard(closeCode.violation, 'Maximum tunnel duration reached')
  own.send(Buffer.alloc(1))
  expect(await heard(client)).toEqual({ code: 1008, reason: 'Maximum tunnel duration reached' })
  expect(sizes).toEqual([1 << 20])
  expect(await own.closed).toMatchObject({ code: 1008 })

  const other = await openClient('client')
  other.server.close(1011, 'Unable to connect to target')
  other.own.resume()
  expect(await other.own.closed).toEqual({ code: 1011, reason: 'Unable to connect to target' })
})

test('a text is answered with 1003, what is no frame with 1002', async () => {
  const text = await openServer()
  text.own.take(() => {})
  text.client.send('hello')
  expect(await heard(text.client)).toEqual({ code: 1003, reason: 'Only binary frames are accepted' })

  const noise = await openServer()
  noise.own.take(() => {})
  noise.client.on('error', () => {})
  // Below ws, which would send no such thing.
  ;(noise.client as unknown as { _socket: Socket })._socket.write(Buffer.from([0x83, 0x80, 0, 0, 0, 0]))
  expect(await heard(noise.client)).toEqual({ code: 1002, reason: 'a frame has opcode 3' })
  expect(await noise.own.closed).toMatchObject({ code: 1002 })
})

test('a connection that just ends has ended with 1006', async () => {
  const { client, own } = await openServer()
  own.take(() => {})
  client.terminate()
  expect(await own.closed).toEqual({ code: closeCode.cut, reason: '' })
  expect(own.isOpen).toBe(false)
})
