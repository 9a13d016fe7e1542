import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import type { Certificates } from '../../../local/doors/certificates.ts'

const portOf = (server: { address(): string | AddressInfo | null }): number =>
  (server.address() as AddressInfo).port

/** The names of AWS, with TLS: hands what comes by a websocket to the gateway, which hears no other name than its own. */
export const openSecureDoor = async ({ certificate, key }: Certificates, gateway: string) => {
  const server = createSecureServer({ cert: certificate, key })
  const upgrades: Record<string, unknown>[] = []
  new WebSocketServer({ server }).on('connection', (near, request) => {
    upgrades.push(request.headers)
    const far = new WebSocket(gateway.replace(/^http/, 'ws') + request.url)
    const open = once(far, 'open')
    near.on('message', (data, binary) => void open.then(() => far.send(data, { binary })))
    far.on('message', (data, binary) => near.send(data, { binary }))
    far.on('close', () => near.close(1000))
    near.on('close', () => far.close(1000))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: portOf(server), upgrades, close: () => server.close() }
}

/** As a company has one: wants a name and a password, and leads every address to the door. */
export const openProxy = async (doorPort: number, password: string) => {
  const server = createServer()
  const asked: string[] = []
  server.on('connect', ({ url = '', headers }, socket, head) => {
    asked.push(url)
    const wanted = `Basic ${Buffer.from(password).toString('base64')}`
    if (headers['proxy-authorization'] !== wanted)
      return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n')
    const far = connect(doorPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      far.write(head)
      far.pipe(socket).pipe(far)
    })
    for (const end of [far, socket]) end.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: portOf(server), asked, close: () => server.close() }
}
