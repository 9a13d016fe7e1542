import { names } from '../../config/names.ts'
import type { Settings } from '../../config/settings.ts'
import type { UserName } from '../../config/user-name.ts'
import { ssoName } from '../../stacks/access/trust.ts'
import { listMachines } from '../aws/instances.ts'
import type { Context } from '../sandbox/context.ts'
import type { AuditEvent } from './event.ts'
import { decidesWindow, type Ground, growGround } from './ground.ts'
import { mergeNewestFirst } from './merge.ts'
import type { Range, Source } from './source.ts'
import type { Subject } from './subject.ts'

const minute = 60_000

const findSubject = async (
  { target, settings }: Pick<Context, 'target' | 'settings'>,
  user: UserName,
): Promise<Subject> => {
  const machine = (await listMachines(target.sdk, [user])).at(0)
  const { environment, access } = settings
  return {
    user,
    logins: new Set([user, ssoName({ user, access })]),
    instances: new Set(machine === undefined ? [] : [machine.instanceId]),
    address:
      machine?.privateIp === undefined
        ? undefined
        : { ip: machine.privateIp, since: Date.parse(machine.launchedAt ?? '') || 0 },
    aliases: new Set([names.imageAlias(environment), names.previousImageAlias(environment)]),
  }
}

/** How long before a story a window may have been opened that is still open in it; a session handed over lasts an hour. */
export const planLookBack = ({ elevation }: Pick<Settings, 'elevation'>): number =>
  (Math.max(60, elevation.maxMinutes) + 60) * minute

/**
 * A policy under the window's name holds until somebody changes it, and settings may have allowed more than today: the
 * last one that was written before says how the story begins. With it comes what was tagged just before: the reason.
 */
export const findLastWindow = async (
  events: AsyncIterable<AuditEvent>,
  subject: Subject,
): Promise<readonly AuditEvent[]> => {
  const found: AuditEvent[] = []
  let decided = Number.NEGATIVE_INFINITY
  for await (const event of events) {
    if (event.at < decided - minute) break
    found.push(event)
    if (decided === Number.NEGATIVE_INFINITY && decidesWindow(event, subject)) decided = event.at
  }
  return decided === Number.NEGATIVE_INFINITY ? [] : found
}

export interface GroundRequest {
  readonly source: Source
  readonly range: Range
  readonly now: number
  readonly warn: (text: string) => void
}

/** Who is meant, and when windows were open: known before the story is told, so that it can be told in one go. */
export const findGround = async (
  context: Pick<Context, 'target' | 'settings'>,
  user: UserName,
  { source, range, now, warn }: GroundRequest,
): Promise<Ground> => {
  const subject = await findSubject(context, user)
  const before = { from: range.from - planLookBack(context.settings), until: range.until }
  const events: AuditEvent[] = []
  for await (const event of mergeNewestFirst(source.first(subject, before))) events.push(event)
  const known = events.some((event) => event.at <= range.from && decidesWindow(event, subject))
  const older = { from: source.oldest, until: before.from }
  if (!known && source.ofRole !== undefined && older.from < older.until)
    events.push(...(await findLastWindow(source.ofRole(subject, older), subject)))
  if (before.from < source.oldest)
    warn(
      `a window that was opened before ${new Date(source.oldest).toISOString().slice(0, 10)} is not drawn: nothing older is kept`,
    )
  return growGround({ subject, events: new Map(), since: range.from }, events, range.until ?? now)
}
