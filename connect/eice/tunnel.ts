import WebSocket from 'ws'
import { agentFor, findProxy, onLoopback, publicPart } from '../proxy.ts'

export interface TunnelOptions {
  /** Path and query as presignTunnel made it. */
  readonly path: string
  readonly dnsName: string
  /** Where to connect instead of port 443 of the endpoint; for an AWS that is elsewhere. */
  readonly origin: string | undefined
  readonly dialSeconds: number
  readonly signal: AbortSignal
}

/** The endpoint did not take the connection; `status` is its HTTP answer, undefined when there was none. */
export class TunnelRefused extends Error {
  readonly status: number | undefined
  /** The endpoint's own word for why, e.g. AccessDenied. */
  readonly code: string | undefined
  constructor(message: string, status: number | undefined, code?: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

const longestRefusal = 4096

/**
 * Masks keep pages in browsers from speaking to whatever lies between them and a server (RFC 6455, 10.3). Nothing lies
 * there on this computer, and masking costs both sides as much as all else they do. A mask of zeros changes no byte.
 */
const noMask = (mask: Buffer): void => void mask.fill(0)

const urlOf = ({ origin, dnsName, path }: TunnelOptions): string =>
  origin === undefined ? `wss://${dnsName}${path}` : `${origin.replace(/^http/, 'ws')}${path}`

/** What is no JSON comes from somebody between us and the endpoint. */
const parseRefusal = (body: string, status: number | undefined, through: string): TunnelRefused => {
  try {
    const { message, Message, ErrorCode } = JSON.parse(body) as Record<string, string | undefined>
    return new TunnelRefused(Message ?? message ?? body, status, ErrorCode)
  } catch {
    return new TunnelRefused(`${through}HTTP status ${status}`, undefined)
  }
}

/** Opens the websocket, paused. @throws TunnelRefused, or why the signal was aborted */
export const dialTunnel = async (options: TunnelOptions): Promise<WebSocket> => {
  const url = urlOf(options)
  const proxy = findProxy(url)
  const agent = await agentFor(proxy)
  options.signal.throwIfAborted()
  const through = proxy === undefined ? '' : `the proxy ${publicPart(proxy)} does not let it through: `
  const socket = new WebSocket(url, {
    headers: { host: options.dnsName },
    handshakeTimeout: options.dialSeconds * 1000,
    perMessageDeflate: false,
    ...(onLoopback(url) ? { generateMask: noMask } : {}),
    maxPayload: 16 << 20,
    ...(agent === undefined ? {} : { agent }),
  })
  const abort = () => socket.terminate()
  options.signal.addEventListener('abort', abort, { once: true })
  socket.once('close', () => options.signal.removeEventListener('abort', abort))
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      // Whoever takes it listens a moment later; until then what comes in waits.
      socket.pause()
      resolve(socket)
    })
    socket.on('error', (error) => reject(new TunnelRefused(through + error.message, undefined)))
    socket.once('unexpected-response', (_request, response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body = (body + text).slice(0, longestRefusal)
      })
      response.on('close', () => {
        reject(parseRefusal(body, response.statusCode, through))
        socket.terminate()
      })
    })
  })
}
