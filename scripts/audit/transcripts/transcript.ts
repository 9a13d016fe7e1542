import type { Tree } from '../tree.ts'

/** A file of Kiro's as it was found: in the sandbox, or in a folder that somebody copied. */
export interface SessionFile {
  /** Below the home or the folder, with slashes. */
  readonly path: string
  /** When it was written last, milliseconds since 1970. */
  readonly at: number
  readonly text: string
  /** It was too long: only its end is here. */
  readonly cut: boolean
}

/** Which part of Kiro kept it: the two of today, and the one before, which still answers without a terminal. */
export type Harness = 'v2' | 'v3' | 'classic'

/** What an agent asked for, and what became of it. */
export interface ToolCall {
  readonly id: string
  readonly tool: string
  readonly input: Tree
  /** As Kiro says it: `success` also for a command that failed. Empty: no result was kept. */
  readonly status: string
  readonly exit: number | undefined
  /** Looked through for request ids, never shown. */
  readonly output: readonly string[]
  /** It began no earlier and ended no later, milliseconds since 1970. */
  readonly from: number | undefined
  readonly until: number | undefined
}

/** What a person said, and the calls that came of it. */
export interface Turn {
  readonly at: number | undefined
  readonly prompt: string
  /** Whom it was said to, where Kiro says it for each turn: a chat can change its agent. */
  readonly agent: string | undefined
  readonly calls: readonly ToolCall[]
}

export interface Transcript {
  readonly id: string
  readonly harness: Harness
  readonly agent: string | undefined
  readonly folder: string | undefined
  /** Of a subagent: the chat that started it. */
  readonly parent: string | undefined
  readonly from: number | undefined
  readonly until: number | undefined
  readonly turns: readonly Turn[]
  readonly path: string
  readonly cut: boolean
  /** Records of a kind that this program does not know, by kind. */
  readonly unknown: ReadonlyMap<string, number>
  /** Lines that are no records at all. */
  readonly unreadable: number
}
