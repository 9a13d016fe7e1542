import { names } from '../../config/names.ts'
import { type Band, planBands } from './bands.ts'
import type { AuditEvent } from './event.ts'
import { isAbout, type Subject } from './subject.ts'
import { textAt } from './tree.ts'

/** Whose story it is, and when windows were open. */
export interface Ground {
  readonly subject: Subject
  readonly bands: readonly Band[]
  /** What both were read from. */
  readonly events: ReadonlyMap<string, AuditEvent>
  /** Milliseconds since 1970: the story begins there. */
  readonly since: number
}

const instanceId = /^i-[0-9a-f]{8,17}$/

const instancesOf = (events: Iterable<AuditEvent>): readonly string[] =>
  [...events]
    .filter(({ name }) => name === 'RunInstances')
    .flatMap(({ resources }) => resources.filter((one) => instanceId.test(one)))

/** Whoever makes a session of the elevated role may have handed it over, which is a read for CloudTrail. */
const tells = (event: AuditEvent, subject: Subject): boolean =>
  isAbout(event, subject) || event.name === 'AssumeRole'

/** With what has come to light since. @param now when a policy without an end was last seen to hold */
export const growGround = (
  { subject, events, since }: Omit<Ground, 'bands'>,
  found: Iterable<AuditEvent>,
  now: number,
): Ground => {
  const all = new Map(events)
  for (const event of found) if (tells(event, subject)) all.set(event.id, event)
  const instances = new Set([...subject.instances, ...instancesOf(all.values())])
  return {
    subject: { ...subject, instances },
    bands: planBands([...all.values()], subject.user, now).filter(({ until }) => until >= since),
    events: all,
    since,
  }
}

/** An event after which a window is open or shut, whatever was before it. */
export const decidesWindow = ({ name, request, error }: AuditEvent, { user }: Subject): boolean =>
  error === undefined &&
  textAt(request, 'roleName') === names.elevatedRole(user) &&
  (name === 'DeleteRole' ||
    (/^(Put|Delete)RolePolicy$/.test(name) && textAt(request, 'policyName') === names.elevationWindow))
