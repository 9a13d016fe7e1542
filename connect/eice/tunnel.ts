import { randomBytes } from 'node:crypto'
import { type Agent, type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { Socket } from 'node:net'
import { ByteSocket, type Side } from '../../protocol/websocket/byte-socket.ts'
import { renderAccept } from '../../protocol/websocket/handshake.ts'
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
const sideTowards = (url: string): Side => (onLoopback(url) ? 'client-bare' : 'client')

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

const readRefusal = (response: IncomingMessage, through: string): Promise<TunnelRefused> =>
  new Promise((resolve) => {
    let body = ''
    response.setEncoding('utf8')
    response.on('data', (text: string) => {
      body = (body + text).slice(0, longestRefusal)
    })
    response.on('error', () => {})
    response.on('close', () => resolve(parseRefusal(body, response.statusCode, through)))
  })

const isAccepted = ({ headers }: IncomingMessage, key: string): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket' &&
  headers['sec-websocket-accept'] === renderAccept(key) &&
  headers['sec-websocket-extensions'] === undefined

interface Dial {
  readonly url: string
  readonly through: string
  readonly agent: Agent | undefined
}

const dial = ({ url, through, agent }: Dial, options: TunnelOptions): Promise<ByteSocket> =>
  new Promise((resolve, reject) => {
    const { signal, dialSeconds, dnsName } = options
    const key = randomBytes(16).toString('base64')
    const fail = (why: string) => reject(new TunnelRefused(through + why, undefined))
    const request = url.startsWith('wss:') ? requestTls : requestPlain
    const asked = request(url.replace(/^ws/, 'http'), {
      headers: {
        ...{ host: dnsName, connection: 'Upgrade', upgrade: 'websocket' },
        ...{ 'sec-websocket-version': '13', 'sec-websocket-key': key },
      },
      agent: agent ?? false,
    })
    const timer = setTimeout(() => {
      fail('the handshake has timed out')
      asked.destroy()
    }, dialSeconds * 1000)
    const abort = () => {
      reject(signal.reason)
      asked.destroy()
    }
    signal.addEventListener('abort', abort, { once: true })
    const settled = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
    asked.on('error', (error) => {
      settled()
      fail(error.message)
    })
    asked.on('response', (response) => {
      settled()
      void readRefusal(response, through).then(reject)
    })
    asked.on('upgrade', (response, stream, early) => {
      settled()
      if (!isAccepted(response, key)) {
        stream.destroy()
        return fail('what answers speaks no websocket')
      }
      const socket = new ByteSocket(stream, early, sideTowards(url), Socket)
      const end = () => socket.terminate()
      signal.addEventListener('abort', end, { once: true })
      void socket.closed.then(() => signal.removeEventListener('abort', end))
      resolve(socket)
    })
    asked.end()
  })

/** Opens the websocket, paused. @throws TunnelRefused, or why the signal was aborted */
export const dialTunnel = async (options: TunnelOptions): Promise<ByteSocket> => {
  const url = urlOf(options)
  const proxy = findProxy(url)
  const agent = await agentFor(proxy)
  options.signal.throwIfAborted()
  const through = proxy === undefined ? '' : `the proxy ${publicPart(proxy)} does not let it through: `
  return dial({ url, through, agent }, options)
}
