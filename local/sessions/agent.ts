import { machine } from '../../protocol/ssm/ambient.ts'
import type { Cipher } from '../../protocol/ssm/cipher.ts'
import { createLink } from '../../protocol/ssm/link.ts'
import { type AgentMessage, messageFlag } from '../../protocol/ssm/message.ts'
import {
  channelFlag,
  parseFlag,
  parseSize,
  payloadType,
  type TerminalSize,
} from '../../protocol/ssm/payload.ts'
import { beginHandshake, needsHandshake } from './handshake.ts'
import type { MachineCalls } from './machine-calls.ts'
import { createOutbox } from './outbox.ts'
import type { Listener, Program, ProgramTools } from './program.ts'
import type { SessionPlan } from './session-document.ts'
import type { SessionLog } from './session-log.ts'
import { startPlan } from './start-plan.ts'

export interface AgentOptions {
  readonly plan: SessionPlan
  readonly tools: Omit<ProgramTools, 'listener'>
  readonly calls: MachineCalls
  readonly sessionLog: SessionLog
  readonly transmit: (bytes: Buffer) => void
  /** Somebody typed, or the program said something. */
  readonly onActivity: () => void
  /**
   * Everything was said, or nothing can be said any more. @param trouble see Listener.end @param asked the client
   * wanted it, and listens no more
   */
  readonly onEnd: (trouble: string, asked: boolean) => void
}

/** What a session says: that is encrypted, and kept in its log. What steers it is not. */
const isSecret = (type: number): boolean =>
  type === payloadType.output || type === payloadType.stdErr || type === payloadType.exitCode

/** Milliseconds between two looks at whether the client has everything. */
const often = 10

/** The end of the channel that lies in the guest: what amazon-ssm-agent does there for one session. */
export const createAgent = (options: AgentOptions) => {
  const { plan, tools, calls, sessionLog, transmit, onActivity, onEnd } = options
  let program: Program | undefined
  let size: TerminalSize | undefined
  let handshake: ReturnType<typeof beginHandshake> | undefined
  let early: AgentMessage[] = []
  let phase: 'new' | 'handshake' | 'starting' | 'on' | 'over' = 'new'

  const send = (type: number, data: Buffer): void => {
    const flags = first ? messageFlag.syn : 0
    first = false
    link.send(type, cipher !== undefined && isSecret(type) ? cipher.encrypt(data) : data, flags)
  }
  let first = true
  let cipher: Cipher | undefined
  const end = (trouble: string, asked = false): void => {
    if (phase === 'over') return
    phase = 'over'
    handshake?.stop()
    onEnd(trouble, asked)
  }
  const listener: Listener = {
    say(type, data) {
      if (data.length === 0) return
      onActivity()
      if (isSecret(type)) sessionLog.say(data)
      outbox.add(type, data)
    },
    end,
  }
  const start = async (clientVersion: string): Promise<void> => {
    phase = 'starting'
    try {
      await sessionLog.prepare()
      const started = await startPlan({ ...tools, listener }, plan, clientVersion, size)
      // The session was ended meanwhile.
      if ((phase as string) === 'over') return await started.kill()
      program = started
      phase = 'on'
      for (const message of early.splice(0)) take(message)
    } catch (error) {
      end(`----------ERROR-------\n${(error as Error).message}`)
    }
  }
  const take = ({ payloadType: type, payload }: AgentMessage): void => {
    if (type === payloadType.output) program?.input(cipher === undefined ? payload : cipher.decrypt(payload))
    if (type === payloadType.flag) {
      const value = parseFlag(payload)
      if (value === channelFlag.terminateSession) end('', true)
      else if (value !== undefined) program?.flag(value)
    }
    const asked = type === payloadType.size ? parseSize(payload) : undefined
    if (asked !== undefined) program?.resize(asked)
  }
  const receive = (message: AgentMessage): void => {
    if (message.payloadType === payloadType.size) size = parseSize(message.payload) ?? size
    else onActivity()
    if (phase === 'handshake') handshake?.receive(message)
    else if (phase === 'starting') early.push(message)
    else if (phase === 'on') take(message)
  }
  const link = createLink({
    ...{ side: 'agent', ambient: machine, transmit, onData: receive },
    onControl: () => {},
    onRoom: () => outbox.drain(),
  })
  const outbox = createOutbox({
    room: link.room,
    send,
    pause: () => program?.pause(),
    resume: () => program?.resume(),
  })
  return {
    link,
    /** With the first connection. */
    begin(): void {
      if (phase !== 'new') return
      if (!needsHandshake(plan)) return void start('')
      phase = 'handshake'
      handshake = beginHandshake({
        ...{ plan, send, tools, calls },
        onCipher: (made) => {
          cipher = made
        },
        onDone: (version) => void start(version),
        onFailure: (text) =>
          end(`----------ERROR-------\nEncountered error while initiating handshake. ${text}`),
      })
    },
    end,
    /** Resolves when the client has everything, or when nobody waits any longer. */
    async drained(waits: () => boolean): Promise<void> {
      while ((!outbox.empty || link.pending > 0) && waits())
        await new Promise((resolve) => setTimeout(resolve, often))
    },
    kill: async () => {
      phase = 'over'
      early = []
      await program?.kill()
    },
  }
}

export type Agent = ReturnType<typeof createAgent>
