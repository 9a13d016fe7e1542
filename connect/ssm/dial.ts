import { HttpsProxyAgent } from 'https-proxy-agent'
import type WebSocket from 'ws'
import { QuickSocket } from '../../protocol/ssm/quick-socket.ts'
import type { Credentials } from '../eice/presign.ts'
import { findProxy, publicPart } from '../proxy.ts'
import { signUpgrade } from './sign-upgrade.ts'

export interface DialOptions {
  readonly streamUrl: string
  readonly region: string
  /** undefined: nobody is logged in to AWS here, and the token has to be enough. */
  readonly credentials: Credentials | undefined
  readonly seconds: number
  /** Of dialling; one that is open is not ours any more. */
  readonly signal: AbortSignal
}

/** The service did not take the connection. `status` is its HTTP answer, `code` what the network said. */
export class DialFailure extends Error {
  override readonly name = 'DialFailure'
  readonly status: number | undefined
  readonly code: string | undefined
  /** Through which proxy it went. */
  readonly proxy: string | undefined
  constructor(message: string, about: { status?: number; code?: string; proxy?: string }) {
    super(message)
    this.status = about.status
    this.code = about.code
    this.proxy = about.proxy
  }

  /** Another try would hear the same. */
  get final(): boolean {
    return this.status !== undefined && this.status >= 400 && this.status < 500 && this.status !== 429
  }
}

const longestRefusal = 4096

const messageOf = (body: string): string => {
  try {
    const { message, Message } = JSON.parse(body) as { message?: string; Message?: string }
    return message ?? Message ?? body
  } catch {
    return body
  }
}

/** Opens the websocket of a session, paused. @throws DialFailure */
export const dialSession = async (options: DialOptions): Promise<WebSocket> => {
  const { streamUrl, region, credentials, seconds, signal } = options
  const headers =
    credentials === undefined ? {} : await signUpgrade(streamUrl, region, credentials, new Date())
  const proxy = findProxy(streamUrl)
  const through = proxy === undefined ? {} : { proxy: publicPart(proxy) }
  const socket = new QuickSocket(streamUrl, {
    ...{ headers, handshakeTimeout: seconds * 1000, perMessageDeflate: false, maxPayload: 16 << 20 },
    ...(proxy === undefined ? {} : { agent: new HttpsProxyAgent(proxy) }),
  })
  socket.once('upgrade', (response) => socket.gatherOn(response.socket))
  const abort = () => socket.terminate()
  signal.addEventListener('abort', abort, { once: true })
  socket.once('close', () => signal.removeEventListener('abort', abort))
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      signal.removeEventListener('abort', abort)
      // Whoever takes it listens a moment later; until then what comes in waits.
      socket.pause()
      resolve(socket)
    })
    socket.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        new DialFailure(error.message, {
          ...through,
          ...(error.code === undefined ? {} : { code: error.code }),
        }),
      ),
    )
    socket.once('unexpected-response', (_request, response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body = (body + text).slice(0, longestRefusal)
      })
      response.on('close', () => {
        const status = response.statusCode
        // Proxies often refuse without a word.
        const message = messageOf(body) || `HTTP ${status} ${response.statusMessage}`.trim()
        reject(new DialFailure(message, { ...through, ...(status === undefined ? {} : { status }) }))
        socket.terminate()
      })
    })
  })
}
