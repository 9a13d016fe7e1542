import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Activity } from './activity.ts'
import { type Answered, answer, type Desk } from './answer.ts'
import { isEndToEnd } from './backend.ts'
import { classify } from './classify.ts'
import { parseCredential } from './credential.ts'
import { renderAwsError } from './errors.ts'
import { decideForeign, decideForeignUpgrade } from './guard.ts'
import {
  BodyTooLarge,
  CallerGone,
  type Head,
  headerOf,
  type Incoming,
  largestBody,
  parseHead,
  readBody,
} from './incoming.ts'
import { answerInternal, type Internal, internalPrefix } from './internal.ts'
import type { Journal, JournalRecord } from './journal.ts'
import { planMade } from './made.ts'
import { planParameters } from './parameters.ts'
import { parseErrorCode, type Reply } from './reply.ts'
import { createUpgrade, type FindChannel } from './upgrade.ts'

export interface Gateway {
  readonly desk: Desk
  readonly internal: Internal
  readonly journal: Journal
  readonly activity: Activity
  /** Who takes websockets; nobody does without. */
  readonly channels?: FindChannel
}

const send = (response: ServerResponse, reply: Reply, id: string, method: string) => {
  const headers = reply.headers.filter(([name]) => isEndToEnd(name.toLowerCase()))
  // The answer to HEAD has the length of what GET would have sent, and no body.
  const length =
    method === 'HEAD'
      ? reply.headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1]
      : String(reply.body.length)
  const all = [
    ...headers,
    ...(length === undefined ? [] : [['content-length', length] as const]),
    ['x-local-request-id', id] as const,
  ]
  response.writeHead(reply.status, all.flat())
  response.end(method === 'HEAD' ? undefined : reply.body)
}

/** @param ms that the answer took */
export const planRecord = (
  incoming: Incoming,
  { call, principal, reply }: Answered,
  time: Date,
  ms: number,
  made = planMade(call, reply),
): JournalRecord => ({
  time: time.toISOString(),
  ms: Math.round(ms * 10) / 10,
  service: call.service,
  operation: call.operation,
  region: call.region,
  principal: principal?.arn ?? null,
  // A key that is not ours may be a real one of AWS; it does not belong into a file.
  accessKeyId: principal?.accessKeyId ?? null,
  source: incoming.source,
  userAgent: headerOf(incoming, 'user-agent')?.slice(0, 300) ?? null,
  status: reply.status,
  error: parseErrorCode(reply) ?? null,
  requestId: incoming.id,
  parameters: planParameters(incoming, call),
  ...(made.length === 0 ? {} : { made }),
})

const portOf = (server: Server): number => (server.address() as { port: number } | null)?.port ?? 0

const planTooLarge = (head: Head): Reply => {
  const bodiless = { ...head, body: Buffer.alloc(0) }
  const { protocol } = classify(bodiless, parseCredential(bodiless))
  const message = `The body is larger than the ${largestBody / 1024 / 1024} MiB that the local target takes.`
  return renderAwsError({ protocol }, { status: 413, code: 'EntityTooLarge', message }, head.id)
}

/** Where requests come in: whose they may be, and as what they are looked at. */
export interface Entrance {
  /** Why a request is not answered at all. */
  readonly decideForeign: (head: Head) => string | undefined
  /** Whether questions about the daemon itself are answered. */
  readonly internal: boolean
  /** Whether a request here is a reason not to leave: the agents of guests ask for ever. */
  readonly keepsAwake: boolean
  readonly admit: (head: Head) => Head
  readonly answer: (desk: Desk, incoming: Incoming) => Promise<Answered>
}

const serveCall = async (
  gateway: Gateway,
  entrance: Entrance,
  head: Head,
  message: IncomingMessage,
  response: ServerResponse,
) => {
  const [time, began] = [new Date(), performance.now()]
  try {
    const incoming = { ...head, body: await readBody(message) }
    const answered = await entrance.answer(gateway.desk, incoming)
    send(response, answered.reply, incoming.id, incoming.method)
    gateway.activity.count(answered.reply.status)
    gateway.journal.write(planRecord(incoming, answered, time, performance.now() - began))
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error
    gateway.activity.count(413)
    send(response, planTooLarge(head), head.id, head.method)
  }
}

const serveInternal = async (
  gateway: Gateway,
  head: Head,
  message: IncomingMessage,
  response: ServerResponse,
) => {
  const incoming = { ...head, body: await readBody(message) }
  // Whoever asks for health is about to call; looking at the status keeps nothing alive.
  if (incoming.path === `${internalPrefix}health`) gateway.activity.touch()
  send(response, await answerInternal(gateway.internal, incoming), incoming.id, incoming.method)
}

const serve = (
  gateway: Gateway,
  entrance: Entrance,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const head = entrance.admit(parseHead(message))
  const foreign = entrance.decideForeign(head)
  if (foreign !== undefined) {
    message.resume()
    const body = Buffer.from(`${foreign}\n`)
    send(response, { status: 403, headers: [['content-type', 'text/plain']], body }, head.id, head.method)
    return Promise.resolve()
  }
  if (entrance.internal && head.path.startsWith(internalPrefix))
    return serveInternal(gateway, head, message, response)
  const work = () => serveCall(gateway, entrance, head, message, response)
  return entrance.keepsAwake ? gateway.activity.during(work) : work()
}

export type Listener = (message: IncomingMessage, response: ServerResponse) => void

export const createListener =
  (gateway: Gateway, entrance: Entrance): Listener =>
  (message, response) => {
    serve(gateway, entrance, message, response).catch((error: unknown) => {
      if (!(error instanceof CallerGone)) gateway.desk.log(`request failed: ${(error as Error).stack}`)
      response.destroy()
    })
  }

export const createGatewayServer = (gateway: Gateway): Server => {
  // Asked for once: it is a system call, and this is on the way of every request.
  let port = 0
  const entrance: Entrance = {
    decideForeign: (head) => decideForeign(head, port),
    internal: true,
    keepsAwake: true,
    admit: (head) => head,
    answer,
  }
  const server = createServer(createListener(gateway, entrance))
  const noChannel: FindChannel = () => undefined
  server.on(
    'upgrade',
    createUpgrade(gateway.desk, gateway.channels ?? noChannel, (head) => decideForeignUpgrade(head, port)),
  )
  server.on('listening', () => {
    port = portOf(server)
  })
  // SDKs reuse connections that were idle for 60 s to 90 s; we must not be the first to close one.
  server.keepAliveTimeout = 120_000
  server.headersTimeout = 125_000
  return server
}
