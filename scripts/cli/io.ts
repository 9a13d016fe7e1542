import type { Story } from '../../config/story.ts'

/** The two streams and the keyboard of a command. stdout is the answer, stderr the story. */
export interface Io {
  readonly story: Story
  /** True when both sides are a terminal, so that asking makes sense. */
  readonly interactive: boolean
  /** Aborted by the first Ctrl-C (or SIGTERM); a second one is left to whoever listens for it. */
  readonly signal: AbortSignal
  answer(text: string): void
  /** Asks a yes/no question whose default is no. */
  confirm(question: string): Promise<boolean>
  /** What is typed, without spaces around it. */
  ask(question: string): Promise<string>
  /** A story whose lines start with [label], for work done side by side. */
  labelled(label: string): Story
}
