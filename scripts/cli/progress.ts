import type { Writable } from 'node:stream'
import { styleText } from 'node:util'
import type { Story } from '../../config/story.ts'

type Style = 'green' | 'red' | 'yellow' | 'dim' | 'bold'

export interface Terminal {
  readonly stream: Writable
  readonly colours: boolean
  /** Monotonic milliseconds, so that a clock that jumps does not change durations. */
  readonly now: () => number
}

export const paint = (terminal: Terminal, style: Style, text: string): string =>
  terminal.colours ? styleText(style, text) : text

/** Tags, lock owners and AWS's messages are other people's text: it must not steer the terminal. */
export const harmless = (text: string): string =>
  text.replace(
    /[^\P{Cc}\n\t]|\p{Cf}/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)}s`

/** A wait that says nothing looks like a hang; after this long it repeats what it waits for. */
const patience = 30_000

/** Plain lines, the same for people, files and CI; no cursor movement that a log could not hold. */
export const createStory = (terminal: Terminal, label?: string): Story => {
  const prefix = label === undefined ? '' : `${paint(terminal, 'dim', `[${label}]`)} `
  const line = (text: string) => terminal.stream.write(`${prefix}${text}\n`)
  return {
    say: (text) => line(harmless(text)),
    warn: (text) => line(`${paint(terminal, 'yellow', '!')} ${harmless(text)}`),
    async step(heading, work) {
      const title = harmless(heading)
      const started = terminal.now()
      let waitingFor = ''
      line(`${paint(terminal, 'dim', '…')} ${title}`)
      const reminder = setInterval(() => {
        const reason = waitingFor === '' ? '' : `: ${waitingFor}`
        line(`${paint(terminal, 'dim', `  still busy after ${seconds(terminal.now() - started)}${reason}`)}`)
      }, patience)
      reminder.unref()
      try {
        const result = await work((text) => {
          waitingFor = text
        })
        line(
          `${paint(terminal, 'green', '✓')} ${title} ${paint(terminal, 'dim', `(${seconds(terminal.now() - started)})`)}`,
        )
        return result
      } catch (error) {
        line(
          `${paint(terminal, 'red', '✗')} ${title} ${paint(terminal, 'dim', `(${seconds(terminal.now() - started)})`)}`,
        )
        throw error
      } finally {
        clearInterval(reminder)
      }
    },
  }
}
