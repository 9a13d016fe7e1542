import { timingSafeEqual } from 'node:crypto'
import * as z from 'zod'
import type { Served } from '../artifacts/artifacts.ts'
import type { GuestState } from '../guests/guests.ts'
import type { GuestRequest } from '../guests/switched.ts'
import { type Fault, faultSchema } from '../sessions/faults.ts'
import { headerOf, type Incoming } from './incoming.ts'
import type { Reply } from './reply.ts'

/** What a starter may know without the token: enough to tell this daemon from a stranger on its port. */
export interface Health {
  readonly nonce: string
  readonly pid: number
  readonly startedAt: string
}

export interface ControlStatus {
  readonly state: string
  readonly pid: number
  readonly uptimeSeconds: number
  readonly moto: string | null
  readonly calls: number
  readonly errors: number
  readonly shim: { readonly pid: number | null; readonly restarts: number }
  readonly memoryBytes: { readonly gateway: number; readonly shim: number | null }
  readonly guests: GuestStatus
}

export interface GuestStatus {
  readonly state: GuestState
  /** Machines that run now. */
  readonly running: number
}

export interface Internal {
  readonly token: string
  health(): Health
  status(): ControlStatus
  /** A file of /_local/artifacts/, which anybody on this machine may have; undefined: there is none. */
  artifact(name: string): Served | undefined
  /** Switches machines on; the answer says whether they are. */
  turnOnGuests(request: GuestRequest): Promise<GuestState>
  /** For tests of clients. False: there is no such session now. */
  setSessionFault(sessionId: string, fault: Fault): boolean
  /** Calls that are to fail from now on, see faults.ts. @throws when the text is no list of faults */
  setFaults(text: string): void
  /** Resolves when everything is saved and the process is about to end. */
  stop(): Promise<void>
}

export const internalPrefix = '/_local/'

const artifactPrefix = `${internalPrefix}artifacts/`

const reply = (status: number, value: unknown): Reply => ({
  status,
  headers: [
    ['content-type', 'application/json'],
    ['cache-control', 'no-store'],
  ],
  body: Buffer.from(JSON.stringify(value)),
})

const serveArtifact = (found: Served | undefined, path: string): Reply =>
  found === undefined
    ? reply(404, { error: `there is no ${path}` })
    : { status: 200, headers: [['content-type', found.type]], body: found.body }

const takeFaults = (internal: Internal, text: string): Reply => {
  try {
    internal.setFaults(text)
    return reply(200, {})
  } catch (error) {
    return reply(400, { error: (error as Error).message })
  }
}

const holdsToken = (incoming: Incoming, token: string): boolean => {
  const given = Buffer.from(headerOf(incoming, 'x-local-token') ?? '')
  const expected = Buffer.from(token)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

const faultRequest = z.strictObject({ sessionId: z.string(), fault: faultSchema })

const answerFault = (internal: Internal, incoming: Incoming): Reply => {
  const asked = faultRequest.safeParse(JSON.parse(incoming.body.toString()))
  if (!asked.success) return reply(400, { error: asked.error.issues[0]?.message })
  const { sessionId, fault } = asked.data
  return internal.setSessionFault(sessionId, fault)
    ? reply(200, { set: true })
    : reply(404, { error: `no session ${sessionId} is going on` })
}

/** Questions about the daemon itself. Pages of other sites cannot set the header, see also guard.ts. */
export const answerInternal = async (internal: Internal, incoming: Incoming): Promise<Reply> => {
  const asked = `${incoming.method} ${incoming.path}`
  if (asked === 'GET /_local/health') return reply(200, internal.health())
  if (incoming.method === 'GET' && incoming.path.startsWith(artifactPrefix))
    return serveArtifact(internal.artifact(incoming.path.slice(artifactPrefix.length)), incoming.path)
  if (!holdsToken(incoming, internal.token)) return reply(403, { error: 'x-local-token is missing or wrong' })
  if (asked === 'GET /_local/status') return reply(200, internal.status())
  if (asked === 'POST /_local/guests')
    return reply(200, await internal.turnOnGuests(JSON.parse(incoming.body.toString()) as GuestRequest))
  if (asked === 'POST /_local/session-fault') return answerFault(internal, incoming)
  if (asked === 'POST /_local/faults') return takeFaults(internal, incoming.body.toString())
  if (asked === 'POST /_local/stop') {
    await internal.stop()
    return reply(200, { stopped: true })
  }
  return reply(404, { error: `no such question: ${asked}` })
}
