import { Agent, type IncomingMessage, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Call } from './classify.ts'
import type { AwsError } from './errors.ts'
import type { Incoming } from './incoming.ts'
import type { Principal } from './principals.ts'
import type { Reply } from './reply.ts'
import type { Supervisor } from './supervisor.ts'

/** How long a call waits for moto to come back. Clients give up after 60 s. */
const patience = 20_000
/** A call during which moto died this often is probably the reason for it. */
const mostDeaths = 3

// RFC 9110 7.6.1; expect was answered by us, content-length is set anew.
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'content-length',
])

export const isEndToEnd = (name: string): boolean =>
  !hopByHop.has(name) && !name.startsWith('proxy-') && !name.startsWith('x-local-')

/** moto could not be asked. The status is one that no SDK retries: 25 retries of 20 s help nobody. */
export class BackendDown extends Error {
  readonly aws: AwsError
  constructor(message: string) {
    super(message)
    this.aws = { status: 507, code: 'LocalTargetUnavailable', message }
  }
}

export interface Backend {
  forward(incoming: Incoming, call: Call): Promise<Reply>
  findPrincipal(accessKeyId: string): Promise<Principal | undefined>
  close(): void
}

interface Outgoing {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
}

const headersOf = (raw: readonly string[]): [string, string][] => {
  const headers: [string, string][] = []
  for (let index = 0; index + 1 < raw.length; index += 2)
    headers.push([raw[index] as string, raw[index + 1] as string])
  return headers
}

/** An answer that breaks off is none: then the call is asked again. */
const readReply = (message: IncomingMessage): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    message.on('data', (chunk: Buffer) => chunks.push(chunk))
    message.on('end', () => {
      const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
      resolve({ status: message.statusCode ?? 502, headers: headersOf(message.rawHeaders), body })
    })
    message.on('error', reject)
    message.on('close', () => reject(new Error('moto broke off in the middle of its answer')))
  })

const exchange = (agent: Agent, port: number, outgoing: Outgoing): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const sent = request({
      agent,
      host: '127.0.0.1',
      port,
      method: outgoing.method,
      path: outgoing.target,
      setHost: false,
      headers: outgoing.headers.flat(),
    })
    sent.on('error', reject)
    sent.on('response', (message) => readReply(message).then(resolve, reject))
    sent.end(outgoing.body)
  })

const planOutgoing = (incoming: Incoming, call: Call, token: string): Outgoing => ({
  method: incoming.method,
  target: incoming.query === '' ? incoming.path : `${incoming.path}?${incoming.query}`,
  headers: [
    ...incoming.headers.filter(([name]) => isEndToEnd(name)),
    ['content-length', String(incoming.body.length)],
    ['x-local-call', call.label],
    ['x-local-request-id', incoming.id],
    ['x-local-shim-token', token],
  ],
  body: incoming.body,
})

/**
 * Asks moto, whatever happens to its process meanwhile: a call whose connection breaks is sent again under its id,
 * and the shim answers a call that it had already done from its books.
 */
export const createBackend = (supervisor: Supervisor, token: string): Backend => {
  const agent = new Agent({ keepAlive: true, maxSockets: 32, scheduling: 'lifo' })

  const persist = async (outgoing: Outgoing): Promise<Reply> => {
    let deadline = performance.now() + patience
    for (let deaths = 0; ; ) {
      const state = await supervisor.settled(deadline - performance.now())
      if (state === undefined) throw new BackendDown(`moto did not come back within ${patience / 1000} s`)
      if (state.kind === 'stopped') throw new BackendDown('the local target is stopping')
      if (state.kind === 'failed')
        throw new BackendDown(`moto does not run: ${state.failure.error}: ${state.failure.detail}`)
      const began = performance.now()
      try {
        return await exchange(agent, state.ready.port, outgoing)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') deaths += 1
        if (deaths > mostDeaths)
          throw new BackendDown(`moto broke off this call ${deaths} times: ${(error as Error).message}`)
        // Work is not waiting: only the time without moto counts.
        deadline += performance.now() - began
        await delay(10)
      }
    }
  }

  return {
    forward: (incoming, call) => persist(planOutgoing(incoming, call, token)),
    async findPrincipal(accessKeyId) {
      const target = `/_shim/principal?access_key_id=${encodeURIComponent(accessKeyId)}`
      const headers = [
        ['host', '127.0.0.1'],
        ['x-local-shim-token', token],
      ] as const
      const reply = await persist({ method: 'GET', target, headers, body: Buffer.alloc(0) })
      if (reply.status === 404) return undefined
      if (reply.status !== 200)
        throw new BackendDown(`moto answered ${reply.status} when asked for an access key`)
      return JSON.parse(reply.body.toString()) as Principal
    },
    close: () => agent.destroy(),
  }
}
