import { CallFailed } from '../gateway/call-inside.ts'
import { largestEvent, planCut, renderPlain, renderStreamed, type Speaker } from './log-events.ts'
import type { MachineCalls } from './machine-calls.ts'
import { StartFailure } from './program.ts'
import type { SessionPlan } from './session-document.ts'

/** What is said in a session, kept in the log group that its document names. */
export interface SessionLog {
  /** Looks at the log group. Rejects with StartFailure when the session may not begin. */
  prepare(): Promise<void>
  say(data: Buffer): void
  /** Resolves when everything is kept, or cannot be. */
  finish(): Promise<void>
}

export interface SessionLogOptions {
  readonly plan: SessionPlan
  readonly speaker: Speaker
  readonly calls: MachineCalls
  readonly log: (line: string) => void
}

const nothing: SessionLog = { prepare: async () => {}, say: () => {}, finish: async () => {} }

/** Milliseconds between two looks at what is new, as in the agent. */
const often = 1000
/** Bytes that may wait for the books, which take some megabytes a second; more is left out, and that is said. */
const mostWaiting = 16 * 1024 * 1024

const notEncrypted =
  "We couldn't start the session because encryption is not set up on the selected CloudWatch Logs log group. Either encrypt the log group or choose an option to enable logging without encryption."

interface LogGroups {
  readonly logGroups?: readonly { readonly logGroupName: string; readonly kmsKeyId?: string }[]
}

/**
 * Shells are streamed line by line when the document wants that; everything else is written as plain text. A group
 * that is not there costs the log and not the session, as with the agent:
 * https://github.com/aws/amazon-ssm-agent/blob/mainline/agent/session/shell/shell.go
 */
export const openSessionLog = ({ plan, speaker, calls, log }: SessionLogOptions): SessionLog => {
  const { group, encrypted } = plan.logs
  if (group === '' || plan.sessionType === 'Port') return nothing
  const streams = plan.logs.streams && plan.sessionType === 'Standard_Stream'
  const { sessionId, target } = speaker
  let waiting: Buffer[] = []
  /** Bytes that are not in the books yet, and of these the ones that nobody is writing. */
  let size = 0
  let fresh = 0
  let missing = 0
  let writing: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let made = false
  let dead = false

  const ask = <Output>(operation: string, input: object): Promise<Output> =>
    calls.ask(target, 'logs', `Logs_20140328.${operation}`, input)
  const place = { logGroupName: group, logStreamName: sessionId }
  const giveUp = (why: string): void => {
    dead = true
    waiting = []
    log(`session ${sessionId}: is not logged to ${group}: ${why}`)
  }
  const put = async (data: Buffer): Promise<void> => {
    const largest = streams ? largestEvent.streamed : largestEvent.plain
    for (let from = 0; from < data.length; ) {
      const part = data.subarray(from, from + planCut(data.subarray(from), largest))
      from += part.length
      const message = streams ? renderStreamed(part, speaker, new Date()) : renderPlain(part)
      // CloudWatch takes no empty event.
      if (message === '') continue
      if (!made) await ask('CreateLogStream', place)
      made = true
      await ask('PutLogEvents', { ...place, logEvents: [{ message, timestamp: Date.now() }] })
    }
  }
  /** @param all also a line that has not ended */
  const write = (all: boolean): Promise<void> => {
    const data = Buffer.concat(waiting)
    const whole = all || data.length >= largestEvent.plain
    const end = whole ? data.length : data.lastIndexOf(0x0a) + 1
    waiting = end === data.length ? [] : [data.subarray(end)]
    fresh = data.length - end
    writing = writing
      .then(() => (dead ? undefined : put(data.subarray(0, end))))
      .catch((error: Error) => giveUp(error.message))
      .finally(() => {
        size -= end
      })
    return writing
  }
  return {
    async prepare() {
      try {
        const { logGroups = [] } = await ask<LogGroups>('DescribeLogGroups', { logGroupNamePrefix: group })
        const found = logGroups.find(({ logGroupName }) => logGroupName === group)
        if (encrypted && found?.kmsKeyId === undefined) throw new StartFailure(notEncrypted)
        if (found === undefined) giveUp('there is no such log group')
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error
        if (encrypted)
          throw new StartFailure(
            `Couldn't start the session because we are unable to validate encryption on CloudWatch Logs log group. Error: ${error.message}`,
          )
        giveUp(error.message)
      }
    },
    say(data) {
      if (dead) return
      if (size + data.length > mostWaiting) missing += data.length
      else {
        // Whoever says it may use its memory again.
        waiting.push(Buffer.from(data))
        size += data.length
        fresh += data.length
      }
      if (streams) timer ??= setInterval(() => void write(false), often).unref()
      else if (fresh >= largestEvent.plain) void write(false)
    },
    async finish() {
      clearInterval(timer)
      await write(true)
      if (missing > 0)
        log(`session ${sessionId}: ${missing} bytes came too fast for its log and are not in it`)
    },
  }
}
