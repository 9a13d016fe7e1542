import type { Report } from './report.ts'

/** A prompt's first line says what it was about; the rest may be a whole file. */
const firstLine = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .find((line) => line !== '') ?? ''

export const shorten = (text: string, most: number): string =>
  text.length <= most
    ? text
    : `${text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')}… (${text.length - most} more)`

const [longPrompt, longInput, longName] = [300, 2000, 300]

/** After everything in it was redacted: half a secret is not known for one any more. */
export const shortenReport = ({ sessions, withoutToolCall }: Report): Report => ({
  withoutToolCall,
  sessions: sessions.map((session) => ({
    ...session,
    unknown: session.unknown.map(({ kind, count }) => ({ kind: shorten(kind, 60), count })),
    folder: session.folder === null ? null : shorten(session.folder, longName),
    prompts: session.prompts.map((prompt) => ({
      ...prompt,
      text: shorten(firstLine(prompt.text), longPrompt),
      calls: prompt.calls.map((call) => ({
        ...call,
        tool: shorten(call.tool, 100),
        input: shorten(call.input, longInput),
      })),
    })),
  })),
})
