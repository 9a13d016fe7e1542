import { randomBytes } from 'node:crypto'
import type { WebSocket } from 'ws'
import { machine } from '../../protocol/ssm/ambient.ts'
import { renderChannelClosed } from '../../protocol/ssm/control-message.ts'
import { tickInterval } from '../../protocol/ssm/link.ts'
import { usualUser } from './account.ts'
import { createAgent } from './agent.ts'
import { createFaults, type Fault } from './faults.ts'
import type { MachineCalls } from './machine-calls.ts'
import { joinLogs, openObjectLog } from './object-log.ts'
import type { ProgramTools } from './program.ts'
import type { Session } from './session.ts'
import { openSessionLog } from './session-log.ts'

export interface LiveOptions {
  readonly session: Session
  readonly tools: Omit<ProgramTools, 'listener'>
  readonly calls: MachineCalls
  readonly onStatus: (status: 'Connected' | 'Disconnected') => void
  /** Keeps the gateway from leaving while somebody is connected. */
  readonly touch: () => void
  /** Nothing of it is left. */
  readonly onOver: (trouble: string) => void
  readonly log: (line: string) => void
}

/** What the agent waits for its last words to arrive; longer when the client may come back for them. */
const lastWords = { connected: 2000, away: 30_000 }

/** A session that somebody may be connected to: the service between a client and the agent. */
export const createLiveSession = (options: LiveOptions) => {
  const { session, tools, calls, onStatus, onOver, log, touch } = options
  const { sessionId, plan } = session
  let token = ''
  let socket: WebSocket | undefined
  let ending: Promise<void> | undefined
  /** Nobody waits for what was said last. */
  let hurried = false
  let quietSince = performance.now()
  /** When somebody last came or went. */
  let turnedAt = 0
  const began = performance.now()

  const faults = createFaults({
    write: (bytes) => socket?.readyState === socket?.OPEN && socket?.send(bytes),
    cut: () => socket?.terminate(),
    receive: (frame) => agent.link.receive(frame),
    expireToken: () => {
      token = ''
    },
  })
  const { region, target, owner } = session
  const speaker = { region, target, owner, runAs: plan.runAs ?? usualUser, sessionId }
  const keeping = { plan, speaker, calls, log }
  const sessionLog = joinLogs([openSessionLog(keeping), openObjectLog(keeping)])
  const agent = createAgent({
    ...{ plan, tools, calls, sessionLog, transmit: faults.transmit },
    onActivity: () => {
      quietSince = performance.now()
    },
    onEnd: (trouble, asked) => void end(trouble, !asked),
  })
  /** Who comes back has the time of one who was there all along. */
  const waitsFor = (since: number) => (): boolean =>
    !hurried &&
    performance.now() - Math.max(since, turnedAt) <
      (socket === undefined ? lastWords.away : lastWords.connected)
  const finish = async (trouble: string): Promise<void> => {
    agent.end(trouble)
    await agent.drained(waitsFor(performance.now()))
    clearInterval(timer)
    faults.stop()
    const left = socket
    socket = undefined
    if (left?.readyState === left?.OPEN) {
      left?.send(renderChannelClosed({ sessionId, output: trouble }, machine))
      left?.close(1000)
    }
    // Before the programs are ended, which takes a moment in a slow guest: nobody has to wait for that.
    onOver(trouble)
    await agent.kill()
    await sessionLog.finish()
  }
  /** @param wait false also ends the waiting of one that is ending already: its client has left for good */
  const end = (trouble: string, wait = true): Promise<void> => {
    if (!wait) hurried = true
    ending ??= finish(trouble)
    return ending
  }
  const timer = setInterval(() => {
    agent.link.tick()
    if (socket !== undefined) touch()
    const now = performance.now()
    if (now - quietSince > plan.idleMinutes * faults.minute)
      void end(`Session timed out: it was idle for ${plan.idleMinutes} minutes.`, false)
    if (plan.maxMinutes !== undefined && now - began > plan.maxMinutes * faults.minute)
      void end(`Session reached its maximum duration of ${plan.maxMinutes} minutes.`, false)
  }, tickInterval)
  timer.unref()

  const lose = (lost: WebSocket): void => {
    if (socket !== lost) return
    socket = undefined
    turnedAt = performance.now()
    agent.link.disconnect()
    if (ending === undefined) onStatus('Disconnected')
  }
  return {
    /** For one connection; those before it are worth nothing any more. */
    renewToken(): string {
      token = randomBytes(48).toString('base64')
      return token
    },
    takeToken(given: string): boolean {
      const right = token !== '' && given === token
      if (right) token = ''
      return right
    },
    /** Takes over from whoever is connected: there is one client of a session. */
    connect(next: WebSocket): void {
      const before = socket
      socket = next
      turnedAt = performance.now()
      before?.terminate()
      next.on('message', (data: Buffer, binary) => {
        if (socket !== next) return
        try {
          if (binary) faults.take(data)
        } catch (error) {
          // Such a frame counts as lost, as for the agent.
          log(`session ${sessionId}: ${(error as Error).message}`)
        }
      })
      next.on('close', () => lose(next))
      onStatus('Connected')
      agent.link.connect()
      agent.begin()
    },
    setFault: (fault: Fault) => faults.set(fault),
    end,
  }
}

export type LiveSession = ReturnType<typeof createLiveSession>
