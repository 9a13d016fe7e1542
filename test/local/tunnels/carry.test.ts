import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, createServer as createMachine, Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { carry } from '../../../local/tunnels/carry.ts'
import { ByteSocket } from '../../../protocol/websocket/byte-socket.ts'
import { renderAccept } from '../../../protocol/websocket/handshake.ts'

/** The library `ws` as client, and a port of a machine, with nothing between them but what is tested. */
let [client, machine]: [WebSocket, Socket] = [] as never
let server: Server
let tunnel: ByteSocket
beforeEach(async () => {
  const listener = createMachine().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const dialled = connect((listener.address() as AddressInfo).port, '127.0.0.1')
  ;[machine] = (await once(listener, 'connection')) as [Socket]
  listener.close()
  server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.once('upgrade', ({ headers }, stream, early) => {
    const accept = renderAccept(headers['sec-websocket-key'] ?? '')
    const head = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket']
    stream.write([...head, `Sec-WebSocket-Accept: ${accept}`, '', ''].join('\r\n'))
    tunnel = new ByteSocket(stream, early, 'server', Socket)
    carry(tunnel, dialled)
  })
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await once(client, 'open')
})
afterEach(() => {
  client.terminate()
  machine.destroy()
  server.close()
})

const closed = async () => {
  const [code, reason] = (await once(client, 'close')) as [number, Buffer]
  return { code, reason: String(reason) }
}

test('bytes go both ways at once, and the end of the machine comes after the last of them', async () => {
  const [down, up] = [randomBytes(20 << 20), randomBytes(20 << 20)]
  const [gotDown, gotUp] = [[] as Buffer[], [] as Buffer[]]
  let size = 0
  client.on('message', (data: Buffer) => gotDown.push(data))
  const allUp = new Promise<void>((done) =>
    machine.on('data', (data) => {
      gotUp.push(data)
      size += data.length
      if (size === up.length) done()
    }),
  )
  for (let at = 0; at < up.length; at += 50_000) client.send(up.subarray(at, at + 50_000))
  machine.write(down)
  await allUp
  machine.end()
  expect(await closed()).toEqual({ code: 1000, reason: '' })
  expect(Buffer.concat(gotUp).equals(up)).toBe(true)
  expect(Buffer.concat(gotDown).equals(down)).toBe(true)
})

test('who takes nothing is waited for: no more than one place and the buffers of the system are filled', async () => {
  client.pause()
  let accepted = 0
  const piece = Buffer.alloc(1 << 20)
  const send = () => {
    machine.write(piece, () => {
      accepted += 1
      if (accepted < 200) send()
    })
  }
  send()
  await delay(500)
  const before = accepted
  expect(before).toBeLessThan(60)
  expect(tunnel.outgoing.writableLength).toBeLessThanOrEqual((256 << 10) + 16)
  await delay(300)
  expect(accepted).toBe(before)
  client.resume()
  while (accepted < 200) await delay(20)
})

test('the last words of a client that leaves reach the machine', async () => {
  const words = randomBytes(3 << 20)
  const heard: Buffer[] = []
  machine.on('data', (data) => heard.push(data))
  client.send(words)
  client.close()
  await once(machine, 'end')
  expect(Buffer.concat(heard).equals(words)).toBe(true)
})

test('a connection that is reset ends with 1011', async () => {
  machine.resetAndDestroy()
  expect(await closed()).toEqual({ code: 1011, reason: 'The connection was reset' })
})
