import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { pumpTunnel } from '../../../connect/eice/pump.ts'
import { dialTunnel, TunnelRefused } from '../../../connect/eice/tunnel.ts'

/** An endpoint that does what the path says. */
let server: Server
let origin: string
let host: string | undefined
const open = new Set<WebSocket>()

beforeAll(async () => {
  const sockets = new WebSocketServer({ noServer: true })
  server = createServer()
  server.on('upgrade', (request, socket, head) => {
    host = request.headers.host
    if (request.url === '/refuse') {
      const body = JSON.stringify({ message: 'Request signature has expired' })
      socket.end(`HTTP/1.1 403 Forbidden\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
      return
    }
    if (request.url === '/silent') return
    sockets.handleUpgrade(request, socket, head, (client) => {
      open.add(client)
      if (request.url === '/cut') client.close(1008, 'Tunnel duration exceeded')
      if (request.url === '/late') {
        client.send(Buffer.from('last words'))
        client.close(1000)
      }
      client.on('message', (data) => client.send(data as Buffer))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  for (const client of open) client.terminate()
  server.closeAllConnections()
  server.close()
})

const dial = (path: string, signal = new AbortController().signal, dialSeconds = 5) =>
  dialTunnel({ path, dnsName: 'eice-1.example', origin, dialSeconds, signal })

test('bytes come back as they went, and the end of the input ends the tunnel', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const ended = dial('/echo').then((socket) => pumpTunnel(socket, input, output))
  const sent = Buffer.alloc(3 << 20, '\n\r\0\xff ssh', 'latin1')
  const received: Buffer[] = []
  let size = 0
  const all = new Promise<void>((done) => {
    output.on('data', (chunk: Buffer) => {
      received.push(chunk)
      size += chunk.length
      if (size >= sent.length) done()
    })
  })
  input.write(sent)
  await all
  expect(Buffer.concat(received).equals(sent)).toBe(true)
  input.end()
  expect(await ended).toEqual({ kind: 'closed' })
  // The signature is for this name, wherever the connection goes.
  expect(host).toBe('eice-1.example')
}, 20_000)

test('what arrived before the end is not lost with it', async () => {
  const output = new PassThrough()
  const heard = text(output)
  expect(await pumpTunnel(await dial('/late'), new PassThrough(), output)).toEqual({ kind: 'closed' })
  output.end()
  expect(await heard).toBe('last words')
})

test('a refusal says what the endpoint said', async () => {
  const refused = await dial('/refuse').catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(TunnelRefused)
  expect(refused).toMatchObject({ message: 'Request signature has expired', status: 403 })
})

test('a tunnel that is cut gives code and reason', async () => {
  expect(await pumpTunnel(await dial('/cut'), new PassThrough(), new PassThrough())).toEqual({
    kind: 'cut',
    code: 1008,
    reason: 'Tunnel duration exceeded',
    received: false,
  })
})

test('an endpoint that never answers is given up', async () => {
  await expect(dial('/silent', undefined, 0.3)).rejects.toThrow('timed out')
})

test('an interruption ends the dialling', async () => {
  const controller = new AbortController()
  const dialling = dial('/silent', controller.signal, 20)
  setTimeout(() => controller.abort(), 50)
  await expect(dialling).rejects.toThrow()
})
