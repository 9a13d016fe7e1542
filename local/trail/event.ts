import { createHash } from 'node:crypto'
import type { JournalRecord } from '../gateway/journal.ts'
import { planAccountId, planIdentity, planUsername } from './identity.ts'
import { isReadOnly, planEventSource } from './management.ts'
import { planRequestParameters } from './request-parameters.ts'
import { planResources, type Resource } from './resources.ts'

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Event.html */
export interface TrailEvent {
  readonly EventId: string
  readonly EventName: string
  readonly ReadOnly: 'true' | 'false'
  readonly AccessKeyId: string
  /** Seconds since 1970. */
  readonly EventTime: number
  readonly EventSource: string
  readonly Username: string
  readonly Resources: readonly Resource[]
  readonly CloudTrailEvent: string
}

export type KnownRecord = JournalRecord & { readonly principal: string }

/** The same each time it is read: a UUID made from that of the request. */
const planEventId = (requestId: string): string => {
  const hash = createHash('sha256').update(`event ${requestId}`).digest('hex')
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-')
}

/** EC2 says whose fault it was, and IAM writes its exceptions out. */
const planErrorCode = ({ service, error, status }: JournalRecord): string | undefined => {
  if (error === null) return undefined
  if (service === 'ec2') return `${status < 500 ? 'Client' : 'Server'}.${error}`
  return service === 'iam' && !/Exception$|^AccessDenied$/.test(error) ? `${error}Exception` : error
}

/** Of the answers a trail has, what an audit cannot do without: which session it was that began, which machines. */
const renderAnswer = ({ service, operation, made = [] }: JournalRecord) => {
  const [sessionId] = made
  if (service === 'ec2' && operation === 'RunInstances') {
    const items = made.filter((id) => /^i-[0-9a-f]{17}$/.test(id)).map((instanceId) => ({ instanceId }))
    return items.length === 0 ? null : { instancesSet: { items } }
  }
  if (service !== 'ssm' || operation !== 'StartSession' || sessionId === undefined) return null
  return { sessionId, tokenValue: 'Value hidden due to security reasons.' }
}

const withoutMilliseconds = (time: string): string => time.replace(/\.\d+Z$/, 'Z')

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html */
const renderRecord = (record: KnownRecord, eventID: string) => {
  const errorCode = planErrorCode(record)
  return {
    eventVersion: '1.09',
    userIdentity: planIdentity(record.principal, record.accessKeyId),
    eventTime: withoutMilliseconds(record.time),
    eventSource: planEventSource(record.service),
    eventName: record.operation,
    awsRegion: record.region,
    sourceIPAddress: record.source.replace(/:\d*$/, ''),
    userAgent: record.userAgent ?? '',
    ...(errorCode === undefined ? {} : { errorCode }),
    requestParameters: planRequestParameters(record.parameters),
    responseElements: renderAnswer(record),
    requestID: record.requestId,
    eventID,
    readOnly: isReadOnly(record),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: planAccountId(record.principal),
    eventCategory: 'Management',
  }
}

export const renderEvent = (record: KnownRecord): TrailEvent => {
  const EventId = planEventId(record.requestId)
  return {
    EventId,
    EventName: record.operation,
    ReadOnly: isReadOnly(record) ? 'true' : 'false',
    AccessKeyId: record.accessKeyId ?? '',
    // Whole seconds, as there.
    EventTime: Math.floor(Date.parse(record.time) / 1000),
    EventSource: planEventSource(record.service),
    Username: planUsername(record.principal),
    Resources: planResources(record),
    CloudTrailEvent: JSON.stringify(renderRecord(record, EventId)),
  }
}
