import { names } from '../../config/names.ts'
import { type Band, bandAt, readWindow } from './bands.ts'
import { isDenied } from './denied.ts'
import type { AuditEvent } from './event.ts'
import { decideRole, type Role, type Subject } from './subject.ts'
import { listAt, type Tree, textAt } from './tree.ts'

export type Kind = 'call' | 'session' | 'tunnel' | 'key' | 'window' | 'image' | 'sandbox' | 'heartbeat'

/** One line of the story: what `--json` prints, what the page shows. */
export interface Row {
  /** ISO 8601, by AWS's clock. */
  readonly time: string
  readonly kind: Kind
  readonly role: Role
  /** ARN of who it was. */
  readonly who: string
  readonly session: string | null
  /** As in policies: `s3:CreateBucket`. */
  readonly call: string
  readonly writes: boolean
  /** `ok`, or the error code. */
  readonly result: string
  /** Refused by a policy, or a sign-in that failed. */
  readonly denied: boolean
  readonly what: string
  readonly resources: readonly string[]
  readonly region: string
  readonly address: string
  readonly agent: string
  /** The elevation window in which it was done: its end and its reason. */
  readonly window: { readonly until: string; readonly reason: string | null } | null
  /** Of Session Manager. */
  readonly sessionId: string | null
  /** Of a session whose words were kept: log group and stream. */
  readonly log: { readonly group: string; readonly stream: string } | null
  readonly requestId: string | null
  readonly eventId: string
}

/** What the agent of a machine says all day by itself. */
const heartbeats: Readonly<Record<string, RegExp>> = {
  ssm: /^(UpdateInstanceInformation|ListInstanceAssociations|ListAssociations|PutInventory|PutComplianceItems|UpdateInstanceAssociationStatus|DescribeDocument|GetDocument|GetDeployablePatchSnapshotForInstance|RequestManagedInstanceRoleToken)$/,
  ec2messages: /./,
  logs: /^(DescribeLogGroups|DescribeLogStreams|CreateLogStream|PutLogEvents)$/,
  ssmmessages: /./,
}

const kinds: Readonly<Record<string, Kind>> = {
  'ssm:StartSession': 'session',
  'ssm:ResumeSession': 'session',
  'ssm:TerminateSession': 'session',
  'ec2-instance-connect:OpenTunnel': 'tunnel',
  'ec2-instance-connect:CloseTunnel': 'tunnel',
  'ec2-instance-connect:SendSSHPublicKey': 'key',
}

export const decideKind = (event: AuditEvent, role: Role, { user, aliases }: Subject): Kind => {
  const { service, name, request } = event
  if (role === 'machine' && heartbeats[service]?.test(name) === true) return 'heartbeat'
  const known = kinds[`${service}:${name}`]
  if (known !== undefined) return known
  if (textAt(request, 'policyName') === names.elevationWindow) return 'window'
  if (service === 'iam' && textAt(request, 'roleName') === names.elevatedRole(user) && /TagRole$/.test(name))
    return 'window'
  if (service === 'ssm' && aliases.has(textAt(request, 'name') ?? '') && event.writes) return 'image'
  return role === 'other' ? 'sandbox' : 'call'
}

const quoted = (text: string | undefined): string => (text === undefined ? '' : `: ${text}`)

/** What is run is hidden by AWS: `parameters` is HIDDEN_DUE_TO_SECURITY_REASONS. */
const describeCommand = (request: Tree): string => {
  const named = listAt(request, 'targets').map(
    (target) => `${textAt(target, 'key') ?? ''}=${listAt(target, 'values').join(',')}`,
  )
  const where = [...listAt(request, 'instanceIds'), ...named].join(' ')
  return `command ${textAt(request, 'documentName') ?? ''} on ${where}${quoted(textAt(request, 'comment'))}`
}

/** In the words of a person; undefined: its resources say it. */
const describeEvent = ({ name, request, response, resources }: AuditEvent): string | undefined => {
  const asked = (member: string): string => textAt(request, member) ?? ''
  switch (name) {
    case 'StartSession':
      return `session ${textAt(response, 'sessionId') ?? ''} on ${asked('target')} by ${asked('documentName')}${quoted(textAt(request, 'reason'))}`
    case 'ResumeSession':
      return `session ${asked('sessionId')} goes on`
    case 'TerminateSession':
      return `session ${asked('sessionId')} ends`
    case 'OpenTunnel':
      return `tunnel to ${asked('privateIpAddress')} port ${request.remotePort ?? ''}`
    case 'SendCommand':
      return describeCommand(request)
    case 'SendSSHPublicKey':
      return `a key for ${asked('instanceOSUser')} on ${asked('instanceId')}`
    case 'AssumeRole':
      return `becomes ${asked('roleArn').split('/').at(-1)}`
    case 'RunInstances':
      return `machine ${resources.find((one) => one.startsWith('i-')) ?? ''} from ${asked('imageId') || resources.find((one) => one.startsWith('ami-')) || ''}`
    case 'PutParameter':
      return `${asked('name')}${/^ami-/.test(asked('value')) ? ` = ${asked('value')}` : ''}`
    default:
      return undefined
  }
}

const iso = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z')

const describeWindow = (event: AuditEvent, subject: Subject, bands: readonly Band[]): string | undefined => {
  if (event.name !== 'PutRolePolicy' || event.error !== undefined) return undefined
  // The event itself says it: bands are those of one engineer, and of the moment at which they were read.
  const state = readWindow(event)
  const role = textAt(event.request, 'roleName') ?? ''
  const of = names.elevatedRole(subject.user) === role ? '' : ` of ${role}`
  if (state.kind === 'closed' || state.kind === 'expired') return `the window${of} is closed`
  if (state.kind !== 'open') return `a policy that is no window of ours${of}`
  const opened = of === '' ? bands.find(({ from, mode }) => from === event.at && mode !== 'push') : undefined
  return `window${of} until ${iso(Date.parse(state.until))}${quoted(opened?.reason ?? undefined)}`
}

export const planRow = (event: AuditEvent, subject: Subject, bands: readonly Band[]): Row => {
  const role = decideRole(event, subject)
  const kind = decideKind(event, role, subject)
  const band = role === 'elevated' ? bandAt(bands, event.at) : undefined
  const described = kind === 'window' ? describeWindow(event, subject, bands) : describeEvent(event)
  return {
    ...{ time: iso(event.at), kind, role, who: event.actor.arn || event.actor.name },
    session: event.actor.session ?? null,
    call: `${event.service}:${event.name}`,
    writes: event.writes,
    result: event.error ?? 'ok',
    denied: isDenied(event.error, event.message),
    what: described ?? event.resources.join(' '),
    resources: event.resources,
    ...{ region: event.region, address: event.address, agent: event.agent },
    window: band === undefined ? null : { until: iso(band.until), reason: band.reason },
    sessionId: textAt(event.response, 'sessionId') ?? textAt(event.request, 'sessionId') ?? null,
    log: null,
    requestId: event.requestId ?? null,
    eventId: event.id,
  }
}
