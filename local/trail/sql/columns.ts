import { refuseQuery } from './tokens.ts'

export type Value = string | number | boolean | null
export type Kind = 'text' | 'time' | 'boolean'

/** Columns that can be asked for here, with where they lie in an event's record; a part of those of AWS.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-supported-event-schemas.html */
const paths = [
  ...['eventID', 'eventName', 'eventSource', 'eventTime', 'eventType', 'eventCategory', 'eventVersion'],
  ...['awsRegion', 'sourceIPAddress', 'userAgent', 'errorCode', 'requestID', 'readOnly', 'managementEvent'],
  ...['recipientAccountId', 'userIdentity.type', 'userIdentity.arn', 'userIdentity.accountId'],
  ...['userIdentity.accessKeyId', 'userIdentity.userName', 'userIdentity.sessionContext.sourceIdentity'],
  ...['arn', 'userName', 'type', 'accountId'].map(
    (name) => `userIdentity.sessionContext.sessionIssuer.${name}`,
  ),
  'eventJson',
]
const known: ReadonlyMap<string, string> = new Map(paths.map((path) => [path.toLowerCase(), path]))

export interface Column {
  /** As it was typed: so it is called in the answer, without what stands before its last dot. */
  readonly typed: string
  readonly kind: Kind
  readonly read: (event: LakeEvent) => Value
}

export interface LakeEvent {
  readonly json: string
  readonly record: Readonly<Record<string, unknown>>
}

const kinds: Readonly<Record<string, Kind>> = {
  eventTime: 'time',
  readOnly: 'boolean',
  managementEvent: 'boolean',
}

const reach = (record: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (place, name) => (typeof place === 'object' && place !== null ? (place as never)[name] : undefined),
    record,
  )

export const findColumn = (typed: string): Column => {
  const path = known.get(typed.toLowerCase())
  if (path === undefined) throw refuseQuery(`there is no column ${typed} here`)
  const kind = kinds[path] ?? 'text'
  const parts = path.split('.')
  const read = ({ json, record }: LakeEvent): Value => {
    if (path === 'eventJson') return json
    const value = reach(record, parts)
    if (kind === 'time') return typeof value === 'string' ? Date.parse(value) : null
    return typeof value === 'string' || typeof value === 'boolean' ? value : null
  }
  return { typed, kind, read }
}

/** `2023-01-22 00:00:00` is a time of UTC. */
export const parseTime = (text: string): number => {
  const [, date, clock = '00:00:00'] =
    /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d(?:\.\d{1,3})?))?$/.exec(text) ?? []
  const at = Date.parse(`${date}T${clock}Z`)
  if (date === undefined || Number.isNaN(at)) throw refuseQuery(`'${text}' is no time`)
  return at
}
