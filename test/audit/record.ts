import { randomUUID } from 'node:crypto'
import { type AuditEvent, parseEvent } from '../../scripts/audit/event.ts'

export interface Made {
  readonly id?: string
  readonly time?: string
  readonly source?: string
  readonly name?: string
  /** Of the role whose session it is; undefined: an operator. */
  readonly role?: string
  readonly session?: string
  readonly request?: unknown
  readonly response?: unknown
  readonly error?: string
  readonly message?: string
  readonly agent?: string
  readonly address?: string
  readonly readOnly?: boolean
  readonly resources?: readonly string[]
}

const account = '111122223333'

const identity = (role: string | undefined, session: string) =>
  role === undefined
    ? { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/olga`, userName: 'olga' }
    : {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${account}:assumed-role/${role}/${session}`,
        sessionContext: { sessionIssuer: { userName: role } },
      }

/** As LookupEvents gives it. */
export const makeFound = (made: Made = {}) => ({
  CloudTrailEvent: JSON.stringify({
    eventID: made.id ?? randomUUID(),
    eventTime: made.time ?? '2026-01-01T12:00:00Z',
    eventSource: `${made.source ?? 's3'}.amazonaws.com`,
    eventName: made.name ?? 'CreateBucket',
    awsRegion: 'us-west-2',
    userIdentity: identity(made.role, made.session ?? 'alice'),
    sourceIPAddress: made.address ?? '203.0.113.9',
    userAgent: made.agent ?? 'aws-cli/2',
    readOnly: made.readOnly ?? false,
    requestParameters: made.request ?? null,
    responseElements: made.response ?? null,
    ...(made.error === undefined ? {} : { errorCode: made.error }),
    ...(made.message === undefined ? {} : { errorMessage: made.message }),
  }),
  Resources: (made.resources ?? []).map((ResourceName) => ({ ResourceName })),
})

export const makeEvent = (made: Made = {}): AuditEvent => {
  const event = parseEvent(makeFound(made))
  if (event === undefined) throw new Error('no event')
  return event
}
