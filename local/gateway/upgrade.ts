import { type IncomingMessage, STATUS_CODES } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { QuickSocket } from '../../protocol/ssm/quick-socket.ts'
import { ByteSocket } from '../../protocol/websocket/byte-socket.ts'
import { renderAccept } from '../../protocol/websocket/handshake.ts'
import type { Desk } from './answer.ts'
import { parseCredential } from './credential.ts'
import { type Head, parseHead } from './incoming.ts'
import type { Reply } from './reply.ts'
import { verifySignature } from './verify-signature.ts'

/** Whether a websocket is let in, and who takes it then. */
export type Admission =
  | { readonly kind: 'admitted'; readonly take: (socket: WebSocket) => void }
  | { readonly kind: 'admitted-bytes'; readonly take: (socket: ByteSocket) => void }
  | { readonly kind: 'refused'; readonly reply: Reply }

export type Channel = (desk: Desk, head: Head) => Promise<Admission>

/** Whose websockets are at a path; undefined: nobody's. */
export type FindChannel = (head: Head) => Channel | undefined

/** A message of a client is some kilobytes; AWS takes no more than 128 KiB in a frame. */
const largestFrame = 1024 * 1024

const message = (status: number, text: string): Reply => ({
  status,
  headers: [['content-type', 'application/json']],
  body: Buffer.from(`${JSON.stringify({ message: text })}\n`),
})

const refuse = (socket: Duplex, { id }: Head, { status, headers, body }: Reply): void => {
  const all = [
    ...headers,
    ['x-amzn-requestid', id],
    ['connection', 'close'],
    ['content-length', String(body.length)],
  ]
  const lines = all.map(([name, value]) => `${name}: ${value}`)
  socket.end(
    Buffer.concat([
      Buffer.from([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', ''].join('\r\n')),
      body,
    ]),
  )
}

interface Asked {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly first: Buffer
}

const acceptBytes = ({ request, socket, first }: Asked, head: Head, take: (socket: ByteSocket) => void) => {
  const { 'sec-websocket-key': key = '', 'sec-websocket-version': version, upgrade = '' } = request.headers
  if (upgrade.toLowerCase() !== 'websocket' || version !== '13' || !/^[+/0-9A-Za-z]{22}==$/.test(key))
    return refuse(socket, head, message(400, 'this is no handshake of a websocket'))
  socket.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${renderAccept(key)}`,
      ...['', ''],
    ].join('\r\n'),
  )
  take(new ByteSocket(socket, first, 'server', Socket))
}

/** A session's client may sign or not, as with AWS, where the token in the first frame is what counts. A signature that is there must be right. */
export const admitSession = async (
  desk: Desk,
  head: Head,
  take: (socket: WebSocket) => void,
): Promise<Admission> => {
  const incoming = { ...head, body: Buffer.alloc(0) }
  const refused = (why: string): Admission => ({
    kind: 'refused',
    reply: message(403, `the signature is not accepted: ${why}`),
  })
  const credential = parseCredential(incoming)
  if (credential === undefined) return { kind: 'admitted', take }
  const principal = await desk.principals.find(credential.accessKeyId)
  if (principal === undefined) return refused('unknown-key')
  const refusal = verifySignature(incoming, credential, principal, desk.now())
  return refusal === undefined ? { kind: 'admitted', take } : refused(refusal)
}

export const createUpgrade = (
  desk: Desk,
  find: FindChannel,
  decideForeign: (head: Head) => string | undefined,
) => {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: largestFrame,
    WebSocket: QuickSocket,
  })
  const serve = async (request: IncomingMessage, socket: Duplex, first: Buffer): Promise<void> => {
    const head = parseHead(request)
    const foreign = decideForeign(head)
    if (foreign !== undefined) return refuse(socket, head, message(403, foreign))
    const channel = find(head)
    if (channel === undefined) return refuse(socket, head, message(404, `there is nothing at ${head.path}`))
    const admission = await channel(desk, head)
    if (admission.kind === 'refused') return refuse(socket, head, admission.reply)
    if (admission.kind === 'admitted-bytes')
      return acceptBytes({ request, socket, first }, head, admission.take)
    server.handleUpgrade(request, socket, first, (opened) => {
      opened.gatherOn(socket)
      admission.take(opened)
    })
  }
  return (request: IncomingMessage, socket: Duplex, first: Buffer): void => {
    socket.on('error', () => socket.destroy())
    serve(request, socket, first).catch((error: unknown) => {
      desk.log(`upgrade failed: ${(error as Error).stack}`)
      socket.destroy()
    })
  }
}
