import { planLogKey } from './object-log.ts'
import type { SessionPlan } from './session-document.ts'

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Session.html */
export type SessionStatus = 'Connected' | 'Connecting' | 'Disconnected' | 'Terminated' | 'Failed'

/** What is kept of a session, and outlives the gateway as history. */
export interface Session {
  readonly sessionId: string
  readonly region: string
  readonly target: string
  readonly status: SessionStatus
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly endedAt: number | null
  readonly documentName: string
  /** ARN of who started it. */
  readonly owner: string
  readonly reason: string
  /** Why it failed. */
  readonly details: string
  readonly plan: SessionPlan
}

export const hasEnded = ({ status }: Pick<Session, 'status'>): boolean =>
  status === 'Terminated' || status === 'Failed'

/** Name of the user, or of the role's session. */
const nameOf = (arn: string): string => arn.split('/').at(-1)?.split(':').at(-1) ?? 'session'

const longestId = 96
const letters = 'abcdefghijklmnopqrstuvwxyz234567'

/** @param random at least 25 bytes */
export const renderSessionId = (ownerArn: string, random: Uint8Array): string => {
  const tail = [...random.subarray(0, 25)].map((byte) => letters[byte % letters.length]).join('')
  return `${nameOf(ownerArn).slice(0, longestId - tail.length - 1)}-${tail}`
}

/** Where a person finds the logs, in the console of AWS and in S3. */
const planOutputUrl = ({ region, sessionId, plan: { logs } }: Session) => ({
  ...(logs.group === ''
    ? {}
    : {
        CloudWatchOutputUrl: `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logEventViewer:group=${logs.group};stream=${sessionId}`,
      }),
  // Sessions that were noted by an older gateway have no such field.
  ...(logs.bucket
    ? {
        S3OutputUrl: `https://s3.${region}.amazonaws.com/${logs.bucket}/${planLogKey(logs.keyPrefix, sessionId)}`,
      }
    : {}),
})

const seconds = (milliseconds: number): number => milliseconds / 1000

export const renderSession = (session: Session) => ({
  SessionId: session.sessionId,
  Target: session.target,
  Status: session.status,
  StartDate: seconds(session.startedAt),
  ...(session.endedAt === null ? {} : { EndDate: seconds(session.endedAt) }),
  DocumentName: session.documentName,
  Owner: session.owner,
  ...(session.reason === '' ? {} : { Reason: session.reason }),
  ...(session.details === '' ? {} : { Details: session.details }),
  OutputUrl: planOutputUrl(session),
  ...(session.plan.maxMinutes === undefined ? {} : { MaxSessionDuration: String(session.plan.maxMinutes) }),
  AccessType: 'Standard',
})
