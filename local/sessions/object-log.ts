import { renderPlain, type Speaker } from './log-events.ts'
import type { MachineCalls } from './machine-calls.ts'
import type { SessionPlan } from './session-document.ts'
import type { SessionLog } from './session-log.ts'

export interface ObjectLogOptions {
  readonly plan: Pick<SessionPlan, 'logs' | 'sessionType'>
  readonly speaker: Pick<Speaker, 'target' | 'sessionId'>
  readonly calls: Pick<MachineCalls, 'put'>
  readonly log: (line: string) => void
}

/** Bytes that are kept in memory until the session ends; what comes after them is left out, and that is said. */
const largest = 16 * 1024 * 1024

export const planLogKey = (keyPrefix: string, sessionId: string): string =>
  [...keyPrefix.split('/').filter((part) => part !== ''), `${sessionId}.log`].join('/')

/**
 * What is said in a session, as one object that is written when it is over. S3 encrypts every object by itself since
 * 2023, so s3EncryptionEnabled asks for nothing more.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html
 */
export const openObjectLog = ({ plan, speaker, calls, log }: ObjectLogOptions): SessionLog => {
  const { bucket, keyPrefix } = plan.logs
  const { sessionId, target } = speaker
  const said: Buffer[] = []
  let [size, missing] = [0, 0]
  const isKept = bucket !== '' && plan.sessionType !== 'Port'
  return {
    prepare: async () => {},
    say(data) {
      if (!isKept) return
      // Whoever says it may use its memory again.
      if (size + data.length <= largest) said.push(Buffer.from(data))
      else missing += data.length
      size = Math.min(largest, size + data.length)
    },
    async finish() {
      if (!isKept) return
      const text = renderPlain(Buffer.concat(said.splice(0)))
      const key = planLogKey(keyPrefix, sessionId)
      await calls
        .put(target, bucket, key, text)
        .catch((error: Error) =>
          log(`session ${sessionId}: its log is not in s3://${bucket}/${key}: ${error.message}`),
        )
      if (missing > 0) log(`session ${sessionId}: the last ${missing} bytes are not in s3://${bucket}/${key}`)
    },
  }
}

/** The same for several. */
export const joinLogs = (all: readonly SessionLog[]): SessionLog => ({
  prepare: async () => {
    for (const one of all) await one.prepare()
  },
  say: (data) => {
    for (const one of all) one.say(data)
  },
  finish: async () => void (await Promise.all(all.map((one) => one.finish()))),
})
