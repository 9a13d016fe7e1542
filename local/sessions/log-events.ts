import { stripVTControlCharacters } from 'node:util'

/** Bytes of one event; as JSON they may become six times as many, which is why the agent takes less there. */
export const largestEvent = { plain: 200_000, streamed: 33_000 }

/** Whose words are streamed. */
export interface Speaker {
  readonly region: string
  readonly target: string
  /** ARN of who started the session. */
  readonly owner: string
  readonly runAs: string
  readonly sessionId: string
}

/** Bytes that end at the end of a line when there is one, and never within a character. */
export const planCut = (data: Buffer, largest: number): number => {
  if (data.length <= largest) return data.length
  const newline = data.lastIndexOf(0x0a, largest - 1)
  if (newline !== -1) return newline + 1
  let end = largest
  while (end > largest - 4 && ((data[end] as number) & 0xc0) === 0x80) end -= 1
  return end
}

/**
 * One event of a log that is streamed, as the agent writes it: lines without what moves the cursor or paints.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-logging-cwl-streaming.html
 */
export const renderStreamed = (data: Buffer, speaker: Speaker, date: Date): string => {
  const lines = stripVTControlCharacters(data.toString())
    .replaceAll('\t', ' ')
    .replaceAll('\r', '')
    .split('\n')
  if (lines.at(-1) === '') lines.pop()
  return JSON.stringify({
    eventVersion: '1.0',
    eventTime: `${date.toISOString().slice(0, 19)}Z`,
    awsRegion: speaker.region,
    target: { id: speaker.target },
    userIdentity: { arn: speaker.owner },
    runAsUser: speaker.runAs,
    sessionId: speaker.sessionId,
    sessionData: lines,
  })
}

/** One event of a log that is written when the session is over. */
export const renderPlain = (data: Buffer): string =>
  data.toString().replaceAll('\r\n', '\n').replace(/\n$/, '')
