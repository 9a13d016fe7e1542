import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { WebSocket } from 'ws'
import { parseOpenDataChannel } from '../../protocol/ssm/open-data-channel.ts'
import { Refusal } from '../gateway/json-api.ts'
import type { Fault } from './faults.ts'
import { createLiveSession, type LiveSession } from './live-session.ts'
import type { MachineCalls } from './machine-calls.ts'
import type { GuestReach, Programs } from './program.ts'
import { hasEnded, renderSessionId, type Session } from './session.ts'
import { openSessionBook, type SessionBook } from './session-book.ts'

export interface SessionsOptions {
  readonly reach: GuestReach
  readonly calls: MachineCalls
  /** Of the project: the shell programs of this room are read from there. */
  readonly root: string
  /** Ours alone; made when it is not there. */
  readonly folder: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly log: (line: string) => void
  /** Somebody is connected, so the gateway must not leave. */
  readonly touch: () => void
}

/** What a client needs to connect. */
export interface Ticket {
  readonly sessionId: string
  readonly token: string
}

export type NewSession = Pick<Session, 'region' | 'target' | 'documentName' | 'owner' | 'reason' | 'plan'>

/** Somebody has shown a token, right or wrong. */
export interface Opened {
  readonly session: Session
  /** As the client has numbered its request. */
  readonly requestId: string
  readonly refused: boolean
}

export interface Sessions {
  readonly book: SessionBook
  start(session: NewSession): Ticket
  /** undefined: it is over. */
  resume(sessionId: string): Ticket | undefined
  terminate(sessionId: string): void
  /** A client has come by the address of a session; its first frame must hold the token. */
  welcome(sessionId: string, socket: WebSocket, onOpened: (opened: Opened) => void): void
  setFault(sessionId: string, fault: Fault): boolean
  close(): Promise<void>
}

const readPrograms = (root: string): Programs => {
  const read = (name: string) => readFileSync(join(root, 'local', 'sessions', `${name}.sh`), 'utf8')
  return {
    prepareUser: read('prepare-user'),
    start: read('start-program'),
    end: read('end-program'),
    signal: read('signal-program'),
  }
}

/** Milliseconds in which a client must have said who it is. */
const introduction = 30_000
/** https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const policyViolation = 1008

export const openSessions = (options: SessionsOptions): Sessions => {
  const { reach, calls, root, folder, now, log, touch } = options
  const book = openSessionBook(folder, now, log)
  const programs = readPrograms(root)
  const living = new Map<string, LiveSession>()
  /** Over for everybody but us: programs are ended, and logs written. */
  const leaving = new Set<Promise<void>>()

  const change = (sessionId: string, part: Partial<Session>): void => {
    const session = book.find(sessionId)
    if (session !== undefined && !hasEnded(session)) book.put({ ...session, ...part })
  }
  const bringToLife = (session: Session): LiveSession => {
    const { sessionId, target } = session
    const live = createLiveSession({
      ...{ session, touch, log },
      tools: { reach, programs, instanceId: target, sessionId, log },
      calls,
      onStatus: (status) => change(sessionId, { status }),
      onOver(trouble) {
        living.delete(sessionId)
        const left = live.end('')
        leaving.add(left)
        void left.finally(() => leaving.delete(left))
        const failed = trouble.startsWith('----------ERROR')
        change(sessionId, {
          ...{ status: failed ? 'Failed' : 'Terminated', endedAt: now() },
          ...(failed ? { details: trouble } : {}),
        })
      },
    })
    living.set(sessionId, live)
    return live
  }
  return {
    book,
    start(asked) {
      const sessionId = renderSessionId(asked.owner, randomBytes(25))
      const session: Session = {
        ...asked,
        ...{ sessionId, status: 'Connecting', startedAt: now(), endedAt: null, details: '' },
      }
      book.put(session)
      return { sessionId, token: bringToLife(session).renewToken() }
    },
    resume(sessionId) {
      const live = living.get(sessionId)
      return live === undefined ? undefined : { sessionId, token: live.renewToken() }
    },
    terminate(sessionId) {
      void living.get(sessionId)?.end('', false)
    },
    welcome(sessionId, socket, onOpened) {
      const hurry = setTimeout(() => socket.terminate(), introduction)
      socket.once('close', () => clearTimeout(hurry))
      socket.on('error', () => {})
      socket.once('message', (data: Buffer, binary) => {
        clearTimeout(hurry)
        try {
          if (binary) throw new Error('the first frame is not the one that opens the channel')
          const { token, requestId } = parseOpenDataChannel(data.toString())
          const live = living.get(sessionId)
          const right = live?.takeToken(token) === true
          const session = book.find(sessionId)
          if (session !== undefined) onOpened({ session, requestId, refused: !right })
          if (live === undefined || !right) throw new Error('the token is wrong or was used')
          live.connect(socket)
        } catch (error) {
          log(`session ${sessionId}: refused: ${(error as Error).message}`)
          socket.close(policyViolation, (error as Error).message.slice(0, 120))
        }
      })
    },
    setFault(sessionId, fault) {
      living.get(sessionId)?.setFault(fault)
      return living.has(sessionId)
    },
    async close() {
      await Promise.all([...living.values()].map((live) => live.end('The local target is stopping.', false)))
      await Promise.all(leaving)
    },
  }
}

/** For calls about a session that somebody else's region or nobody has. */
export const findSession = (book: SessionBook, sessionId: string, region: string): Session => {
  const session = book.find(sessionId)
  if (session?.region === region) return session
  throw new Refusal('DoesNotExistException', `Session ${sessionId} does not exist.`)
}
