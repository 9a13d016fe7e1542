import { setTimeout as delay } from 'node:timers/promises'
import { awsCall, isAwsError } from '../aws/call.ts'
import type { SdkConfig } from '../target.ts'
import { type AuditEvent, parseEvent } from './event.ts'
import type { Question } from './questions.ts'
import type { Range } from './source.ts'

export interface LookupOptions {
  readonly sdk: SdkConfig
  readonly signal: AbortSignal
  /** Of something that is no event. */
  readonly onUnreadable: () => void
}

/**
 * Two calls a second, shared by everybody in the account: nobody is held back before AWS says that it is too much,
 * and from then on this reader keeps to it.
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
const pace = 500
const longestPause = 8000
const throttled = ['ThrottlingException', 'Throttling', 'TooManyRequestsException', 'RequestLimitExceeded']

type Call = <T>(doing: string, call: () => Promise<T>) => Promise<T>

/** One call at a time; after the first refusal with a pause before each, which doubles with each further one. */
export const createPacer = (signal: AbortSignal, wait = delay): Call => {
  let pause = 0
  let line: Promise<unknown> = Promise.resolve()
  const attempt = async <T>(doing: string, call: () => Promise<T>): Promise<T> => {
    for (let refused = 0; ; refused += 1) {
      if (pause > 0) await wait(pause, undefined, { signal })
      signal.throwIfAborted()
      try {
        const answer = await call()
        if (pause > pace) pause = Math.max(pace, pause / 2)
        return answer
      } catch (error) {
        if (!isAwsError(error, ...throttled) || refused === 10)
          return awsCall(doing, () => Promise.reject(error))
        pause = Math.min(longestPause, Math.max(pace, pause * 2))
      }
    }
  }
  return (doing, call) => {
    const turn = line.then(() => attempt(doing, call))
    line = turn.catch(() => undefined)
    return turn
  }
}

export type Ask = (question: Question, range: Range) => AsyncGenerator<AuditEvent>

/** Answers questions newest event first, page by page, as it is asked for more. */
export const openLookup = async ({ sdk, signal, onUnreadable }: LookupOptions): Promise<Ask> => {
  const { CloudTrailClient, LookupEventsCommand } = await import('../aws/sdk/cloudtrail.ts')
  const clients = new Map<string, InstanceType<typeof CloudTrailClient>>()
  const pacers = new Map<string, Call>()
  const clientOf = (region: string) => {
    // Its own second try would be made at once, when it is the worst moment.
    const client = clients.get(region) ?? new CloudTrailClient({ ...sdk, region, maxAttempts: 1 })
    clients.set(region, client)
    return client
  }
  const pacerOf = (region: string) => {
    const pacer = pacers.get(region) ?? createPacer(signal)
    pacers.set(region, pacer)
    return pacer
  }
  return async function* ask({ region, key, value }, { from, until }) {
    let NextToken: string | undefined
    do {
      const call = new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: key, AttributeValue: value }],
        StartTime: new Date(from),
        ...(until === undefined ? {} : { EndTime: new Date(until) }),
        ...{ MaxResults: 50, NextToken },
      })
      const page = await pacerOf(region)(`read CloudTrail's event history in ${region}`, () =>
        clientOf(region).send(call, { abortSignal: signal }),
      )
      for (const found of page.Events ?? []) {
        const event = parseEvent(found)
        if (event === undefined) onUnreadable()
        else yield event
      }
      NextToken = page.NextToken
    } while (NextToken !== undefined)
  }
}
