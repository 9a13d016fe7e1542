import { names, tag } from '../../config/names.ts'
import type { UserName } from '../../config/user-name.ts'
import type { AuditEvent } from './event.ts'
import { listAt, textAt, textsIn } from './tree.ts'

/** Whose story is told, and by what it is known in CloudTrail. */
export interface Subject {
  readonly user: UserName
  /** Session names of the engineer's own logins, and names of IAM users. */
  readonly logins: ReadonlySet<string>
  /** All machines that were the sandbox in that time. */
  readonly instances: ReadonlySet<string>
  /** The address of the machine of today, and since when it is its own: addresses are given away again. */
  readonly address: { readonly ip: string; readonly since: number } | undefined
  /** Parameters that say which image sandboxes boot from. */
  readonly aliases: ReadonlySet<string>
}

export const roles = ['readonly', 'elevated', 'machine', 'login', 'other'] as const
/** As whom a call was made: the sandbox's three roles, the engineer's own login, or somebody else. */
export type Role = (typeof roles)[number]

export const decideRole = ({ actor }: AuditEvent, { user, logins }: Subject): Role => {
  if (actor.name === names.readonlyRole(user)) return 'readonly'
  if (actor.name === names.elevatedRole(user)) return 'elevated'
  if (actor.name === names.ec2Role(user)) return 'machine'
  const called = actor.session ?? actor.name
  return logins.has(called) || logins.has(actor.sourceIdentity ?? '') ? 'login' : 'other'
}

export const ownNames = ({ user, instances, aliases }: Subject): ReadonlySet<string> =>
  new Set([
    names.readonlyRole(user),
    names.elevatedRole(user),
    names.ec2Role(user),
    names.elevatedBoundary(user),
    names.elevatedStrict(user),
    names.sandboxPerimeter(user),
    names.instance(user),
    ...instances,
    ...aliases,
  ])

const lastPart = (text: string): string =>
  text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf(':')) + 1)

/** `{key: 'kiro:sandbox', value: 'alice'}` in whatever list an API keeps its tags; Run Command finds machines by them. */
const isTagged = (value: unknown, user: UserName): boolean => {
  if (typeof value !== 'object' || value === null) return false
  if (textAt(value, 'key') === tag.sandbox) return textAt(value, 'value') === user
  if (textAt(value, 'key') === `tag:${tag.sandbox}`) return listAt(value, 'values').includes(user)
  return Object.values(value).some((inner) => isTagged(inner, user))
}

const reachesAddress = ({ name, at, request }: AuditEvent, { address }: Subject): boolean =>
  name === 'OpenTunnel' &&
  address !== undefined &&
  at >= address.since &&
  textAt(request, 'privateIpAddress') === address.ip

/** Somebody else's change of this sandbox, its roles or its image. Their reads are their own story. */
export const isAbout = (event: AuditEvent, subject: Subject): boolean => {
  if (!event.writes) return false
  const own = ownNames(subject)
  for (const text of [...event.resources, ...textsIn(event.request)])
    if (own.has(text) || own.has(lastPart(text))) return true
  return isTagged(event.request, subject.user) || reachesAddress(event, subject)
}

export const belongs = (event: AuditEvent, subject: Subject): boolean =>
  decideRole(event, subject) !== 'other' || isAbout(event, subject)
