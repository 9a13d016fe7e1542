import { signInFailed } from './denied.ts'
import { isTree, listAt, type Tree, textAt, treeAt } from './tree.ts'

/** Who made a call, as CloudTrail knows it. */
export interface Actor {
  readonly arn: string
  /** Name of the role, or of the user; of AWS's own services their address. */
  readonly name: string
  /** Of a role: the session's name. */
  readonly session: string | undefined
  readonly accessKeyId: string | undefined
  readonly sourceIdentity: string | undefined
}

/** One event of CloudTrail, with what an audit asks about. */
export interface AuditEvent {
  readonly id: string
  /** Milliseconds since 1970, by AWS's clock; events have whole seconds. */
  readonly at: number
  readonly region: string
  /** As in policies: `s3`, `ec2`. */
  readonly service: string
  readonly name: string
  readonly actor: Actor
  readonly address: string
  readonly agent: string
  readonly error: string | undefined
  /** Of an error. */
  readonly message: string | undefined
  readonly writes: boolean
  readonly resources: readonly string[]
  readonly requestId: string | undefined
  readonly request: Tree
  readonly response: Tree
}

/** What LookupEvents gives beside the record itself. */
export interface FoundEvent {
  readonly CloudTrailEvent?: string | undefined
  readonly Resources?: readonly { readonly ResourceName?: string | undefined }[] | undefined
}

const parseActor = (record: Tree): Actor => {
  const identity = treeAt(record, 'userIdentity')
  const arn = textAt(identity, 'arn') ?? ''
  const issuer = textAt(identity, 'sessionContext', 'sessionIssuer', 'userName')
  const role = textAt(identity, 'type') === 'AssumedRole'
  // The issuer may be missing; the ARN of a session names role and session all the same.
  const [, fromArn = '', session] = arn.split(':').slice(5).join(':').split('/')
  const name = role
    ? (issuer ?? fromArn)
    : (textAt(identity, 'userName') ?? textAt(identity, 'invokedBy') ?? textAt(identity, 'type') ?? '')
  return {
    arn,
    name,
    session: role ? session : undefined,
    accessKeyId: textAt(identity, 'accessKeyId'),
    sourceIdentity: textAt(identity, 'sessionContext', 'sourceIdentity'),
  }
}

/**
 * Of ConsoleLogin, SwitchRole, CheckMfa: `{"ConsoleLogin": "Failure"}`.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
 */
const parseSignIn = (record: Tree, name: string): string | undefined =>
  textAt(record, 'responseElements', name) === signInFailed ? signInFailed : undefined

export const parseRecord = (text: string): Tree | undefined => {
  try {
    const record: unknown = JSON.parse(text)
    return isTree(record) ? record : undefined
  } catch {
    return undefined
  }
}

/**
 * undefined when it is no event.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export const parseEvent = ({ CloudTrailEvent = '', Resources = [] }: FoundEvent): AuditEvent | undefined => {
  const record = parseRecord(CloudTrailEvent)
  const [id, name] = [textAt(record, 'eventID'), textAt(record, 'eventName')]
  const at = Date.parse(textAt(record, 'eventTime') ?? '')
  if (record === undefined || id === undefined || name === undefined || Number.isNaN(at)) return undefined
  const named = [
    ...Resources.map(({ ResourceName }) => ResourceName),
    ...listAt(record, 'resources').map((resource) => textAt(resource, 'ARN') ?? textAt(resource, 'arn')),
  ]
  return {
    ...{ id, at, name },
    region: textAt(record, 'awsRegion') ?? '',
    service: (textAt(record, 'eventSource') ?? '').replace(/\.amazonaws\.com$/, ''),
    actor: parseActor(record),
    address: textAt(record, 'sourceIPAddress') ?? '',
    agent: textAt(record, 'userAgent') ?? '',
    error: textAt(record, 'errorCode') ?? parseSignIn(record, name),
    message: textAt(record, 'errorMessage'),
    writes: record.readOnly !== true && record.readOnly !== 'true',
    resources: [...new Set(named.filter((one) => one !== undefined && one !== ''))] as string[],
    requestId: textAt(record, 'requestID'),
    request: treeAt(record, 'requestParameters'),
    response: treeAt(record, 'responseElements'),
  }
}
