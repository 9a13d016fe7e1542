import type { Readable, Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import WebSocket, { createWebSocketStream } from 'ws'

export interface TunnelOptions {
  /** Path and query as presignTunnel made it. */
  readonly path: string
  readonly dnsName: string
  /** Where to connect instead of port 443 of the endpoint; for an AWS that is elsewhere. */
  readonly origin: string | undefined
  readonly dialSeconds: number
  readonly signal: AbortSignal
}

/** What ended a tunnel that was open. */
export type TunnelEnd =
  | { readonly kind: 'closed' }
  | { readonly kind: 'cut'; readonly code: number; readonly reason: string }

/** The endpoint did not take the connection; `status` is its HTTP answer, undefined when there was none. */
export class TunnelRefused extends Error {
  readonly status: number | undefined
  constructor(message: string, status: number | undefined) {
    super(message)
    this.status = status
  }
}

/** Bytes on their way before the other side is asked to wait. */
const windowBytes = 1 << 20
const longestRefusal = 4096

const urlOf = ({ origin, dnsName, path }: TunnelOptions): string =>
  origin === undefined ? `wss://${dnsName}${path}` : `${origin.replace(/^http/, 'ws')}${path}`

const messageOf = (body: string): string => {
  try {
    const { message, Message } = JSON.parse(body) as { message?: string; Message?: string }
    return message ?? Message ?? body
  } catch {
    return body
  }
}

/** Opens the websocket, paused. Rejects with TunnelRefused, or with what the network said. */
export const dialTunnel = (options: TunnelOptions): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(urlOf(options), {
      headers: { host: options.dnsName },
      handshakeTimeout: options.dialSeconds * 1000,
      perMessageDeflate: false,
      maxPayload: 16 << 20,
    })
    const abort = () => socket.terminate()
    options.signal.addEventListener('abort', abort, { once: true })
    socket.once('close', () => options.signal.removeEventListener('abort', abort))
    socket.once('open', () => {
      // Whoever takes it listens a moment later; until then what comes in waits.
      socket.pause()
      resolve(socket)
    })
    socket.once('error', reject)
    socket.once('unexpected-response', (_request, response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body = (body + text).slice(0, longestRefusal)
      })
      response.on('end', () => {
        reject(new TunnelRefused(messageOf(body), response.statusCode))
        socket.terminate()
      })
    })
  })

/**
 * Carries bytes both ways until one side ends. The end of `input` is passed on as the end of the tunnel only after
 * everything before it is out: a websocket has no half-close, and ssh does not need one.
 */
export const pumpTunnel = (socket: WebSocket, input: Readable, output: Writable): Promise<TunnelEnd> =>
  new Promise((resolve) => {
    const stream = createWebSocketStream(socket, {
      readableHighWaterMark: windowBytes,
      writableHighWaterMark: windowBytes,
    })
    // What the socket has to say about its end comes with `close`.
    stream.on('error', () => {})
    input.on('error', () => stream.end())
    output.on('error', () => stream.end())
    input.pipe(stream)
    stream.pipe(output, { end: false })
    socket.once('close', async (code, reason) => {
      input.unpipe(stream)
      // Let what has arrived reach the reader before it hears of the end.
      while (stream.readableLength > 0 && !output.destroyed) await delay(5)
      resolve(
        code === 1000 || code === 1005
          ? { kind: 'closed' }
          : { kind: 'cut', code, reason: reason.toString('utf8') },
      )
    })
  })
