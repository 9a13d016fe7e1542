import type { Socket } from 'node:net'
import type { TerminalSize } from '../../protocol/ssm/payload.ts'
import type { Attached, AttachOptions } from '../engine/attach.ts'
import type { Shell } from '../guests/shell.ts'

/** How a session reaches into the guest of its target. */
export interface GuestReach extends Shell {
  attach(instanceId: string, argv: readonly string[], options: AttachOptions): Promise<Attached>
  /** Rejects as connect does, with a `code`. */
  dial(instanceId: string, port: number, host?: string): Promise<Socket>
}

/** Where the words of a program go. */
export interface Listener {
  say(payloadType: number, data: Buffer): void
  /** The session is over. @param trouble empty after a normal end, else what the person should read */
  end(trouble: string): void
}

/** What a session speaks with. Nothing is said to it, and it says nothing, before `start` has resolved. */
export interface Program {
  /** False: it takes no more for now; `onDrain` of the tools will be called. */
  input(data: Buffer): void
  resize(size: TerminalSize): void
  /** Value of a message of type flag. */
  flag(value: number): void
  pause(): void
  resume(): void
  /** Ends it and what it has started. */
  kill(): Promise<void>
}

export interface ProgramTools {
  readonly reach: GuestReach
  readonly programs: Programs
  readonly instanceId: string
  readonly sessionId: string
  readonly listener: Listener
  readonly log: (line: string) => void
}

/** The shell programs of this room, as text: they run in a guest, which holds nothing of ours. */
export interface Programs {
  readonly prepareUser: string
  readonly start: string
  readonly end: string
  readonly signal: string
}

/** Said to the client in place of a program: the text of `channel_closed`. */
export class StartFailure extends Error {}
