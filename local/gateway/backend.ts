import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { Pool } from 'undici'
import { parseAwsHost } from './aws-host.ts'
import type { Call } from './classify.ts'
import type { AwsError } from './errors.ts'
import { type Incoming, pathStyle } from './incoming.ts'
import type { Principal } from './principals.ts'
import type { Reply } from './reply.ts'
import type { ShimReady } from './shim.ts'
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
  /** A question of ours to the shim, outside of AWS's API. */
  ask(method: string, target: string, body?: unknown): Promise<Reply>
  close(): void
}

interface Outgoing {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
}

const headersOf = (parsed: Readonly<Record<string, string | string[] | undefined>>): [string, string][] =>
  Object.entries(parsed).flatMap(([name, value = '']) =>
    typeof value === 'string' ? [[name, value]] : value.map((one): [string, string] => [name, one]),
  )

/** An answer that breaks off is none: then the call is asked again. */
const exchange = (pool: Pool, { method, target, headers, body }: Outgoing): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let [status, received]: [number, [string, string][]] = [502, []]
    pool.dispatch(
      { method: method as 'GET', path: target, headers: headers.flat(), body },
      {
        onRequestStart: () => {},
        onResponseStart: (_controller, code, parsed) => {
          status = code
          received = headersOf(parsed)
        },
        onResponseData: (_controller, chunk) => void chunks.push(chunk),
        onResponseEnd: () => {
          const all = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
          resolve({ status, headers: received, body: all })
        },
        onResponseError: (_controller, error) => reject(error),
      },
    )
  })

/** One per life of moto. */
const openPool = ({ port, socket }: ShimReady): Pool =>
  new Pool(`http://127.0.0.1:${port}`, {
    ...(socket === null ? {} : { socketPath: socket }),
    // moto takes its time with some calls; how long we wait is decided below.
    ...{ connections: 32, headersTimeout: 0, bodyTimeout: 0 },
  })

/** Nobody listens there: at a port, at a socket file that was left behind, at one that is gone. */
const nobodyThere = (error: unknown): boolean =>
  ['ECONNREFUSED', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')

/** moto looks for a bucket in every name but an address; ours stands in the path by now. */
const planHost = (host: string): string => (parseAwsHost(host) === undefined ? host : '127.0.0.1')

const planOutgoing = (incoming: Incoming, call: Call, token: string, guests: boolean): Outgoing => ({
  method: incoming.method,
  target: incoming.query === '' ? pathStyle(incoming) : `${pathStyle(incoming)}?${incoming.query}`,
  headers: [
    ...incoming.headers
      .filter(([name]) => isEndToEnd(name))
      .map(([name, value]) => [name, name === 'host' ? planHost(value) : value] as const),
    ['content-length', String(incoming.body.length)],
    ['x-local-call', call.label],
    ['x-local-request-id', incoming.id],
    ['x-local-shim-token', token],
    // With machines behind it an instance becomes `pending`, and runs when its machine does.
    ...(guests ? [['x-local-guests', '1'] as const] : []),
  ],
  body: incoming.body,
})

/**
 * Asks moto, whatever happens to its process meanwhile: a call whose connection breaks is sent again under its id,
 * and the shim answers a call that it had already done from its books.
 */
export const createBackend = (
  supervisor: Supervisor,
  token: string,
  guestsAreOn: () => boolean = () => false,
): Backend => {
  let open: { readonly ready: ShimReady; readonly pool: Pool } | undefined
  const poolOf = (ready: ShimReady): Pool => {
    if (open?.ready === ready) return open.pool
    void open?.pool.destroy()
    open = { ready, pool: openPool(ready) }
    return open.pool
  }

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
        return await exchange(poolOf(state.ready), outgoing)
      } catch (error) {
        if (!nobodyThere(error)) deaths += 1
        if (deaths > mostDeaths)
          throw new BackendDown(`moto broke off this call ${deaths} times: ${(error as Error).message}`)
        // Work is not waiting: only the time without moto counts.
        deadline += performance.now() - began
        await delay(10)
      }
    }
  }

  const ask: Backend['ask'] = (method, target, content) => {
    const body = content === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(content))
    const headers = [
      ['host', '127.0.0.1'],
      ['content-type', 'application/json'],
      ['content-length', String(body.length)],
      ['x-local-request-id', randomUUID()],
      ['x-local-shim-token', token],
    ] as const
    return persist({ method, target, headers, body })
  }

  return {
    forward: (incoming, call) => persist(planOutgoing(incoming, call, token, guestsAreOn())),
    ask,
    async findPrincipal(accessKeyId) {
      const reply = await ask('GET', `/_shim/principal?access_key_id=${encodeURIComponent(accessKeyId)}`)
      if (reply.status === 404) return undefined
      if (reply.status !== 200)
        throw new BackendDown(`moto answered ${reply.status} when asked for an access key`)
      return JSON.parse(reply.body.toString()) as Principal
    },
    close: () => void open?.pool.destroy(),
  }
}
