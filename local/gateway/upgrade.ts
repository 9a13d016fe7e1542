import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { QuickSocket } from '../../protocol/ssm/quick-socket.ts'
import type { Desk } from './answer.ts'
import { parseCredential } from './credential.ts'
import { type Head, parseHead } from './incoming.ts'
import { verifySignature } from './verify-signature.ts'

/** Who takes a websocket by its path; undefined: nobody. */
export type FindChannel = (head: Head) => ((socket: WebSocket) => void) | undefined

/** A message of a client is some kilobytes; AWS takes no more than 128 KiB in a frame. */
const largestFrame = 1024 * 1024

const refuse = (socket: Duplex, status: string, message: string): void => {
  const body = `${JSON.stringify({ message })}\n`
  const headers = ['Connection: close', 'Content-Type: application/json', `Content-Length: ${body.length}`]
  socket.end([`HTTP/1.1 ${status}`, ...headers, '', body].join('\r\n'))
}

/** Clients may sign or not, as with AWS, where the token in the first frame is what counts. A signature that is there must be right. */
const findRefusal = async (desk: Desk, head: Head): Promise<string | undefined> => {
  const incoming = { ...head, body: Buffer.alloc(0) }
  const credential = parseCredential(incoming)
  if (credential === undefined) return undefined
  const principal = await desk.principals.find(credential.accessKeyId)
  if (principal === undefined) return 'unknown-key'
  return verifySignature(incoming, credential, principal, desk.now())
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
  const serve = async (message: IncomingMessage, socket: Duplex, first: Buffer): Promise<void> => {
    const head = parseHead(message)
    const foreign = decideForeign(head)
    if (foreign !== undefined) return refuse(socket, '403 Forbidden', foreign)
    const channel = find(head)
    if (channel === undefined) return refuse(socket, '404 Not Found', `there is nothing at ${head.path}`)
    const refusal = await findRefusal(desk, head)
    if (refusal !== undefined)
      return refuse(socket, '403 Forbidden', `the signature is not accepted: ${refusal}`)
    server.handleUpgrade(message, socket, first, (opened) => {
      opened.gatherOn(socket)
      channel(opened)
    })
  }
  return (message: IncomingMessage, socket: Duplex, first: Buffer): void => {
    socket.on('error', () => socket.destroy())
    serve(message, socket, first).catch((error: unknown) => {
      desk.log(`upgrade failed: ${(error as Error).stack}`)
      socket.destroy()
    })
  }
}
