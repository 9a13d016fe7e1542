import { names, tag } from '../../config/names.ts'
import type { UserName } from '../../config/user-name.ts'
import { decideWindowState } from '../elevation/window.ts'
import type { AuditEvent } from './event.ts'
import { tagsAt, textAt } from './tree.ts'

/** A time in which the sandbox could change things. */
export interface Band {
  /** Milliseconds since 1970. */
  readonly from: number
  readonly until: number
  /** The end it was opened with. */
  readonly planned: number
  /** foreign: a policy under the window's name that says no end of ours. */
  readonly mode: 'window' | 'push' | 'foreign'
  readonly reason: string | null
  readonly by: string | null
  readonly allow: readonly string[] | null
  /** Ended before its time by hand. */
  readonly closed: boolean
  /** Seen to hold until then, and nothing says for how long. */
  readonly holds?: true
}

/** IAM keeps documents URL-encoded, CloudTrail shows them either way. */
const decode = (document: string): string => {
  if (!document.startsWith('%7B')) return document
  try {
    return decodeURIComponent(document)
  } catch {
    return document
  }
}

type Step =
  | { readonly kind: 'tags'; readonly tags: ReadonlyMap<string, string> }
  | { readonly kind: 'open'; readonly band: Band }
  | { readonly kind: 'close' }

/** An end that nobody has written: the policy holds until somebody changes it. */
const never = Number.MAX_SAFE_INTEGER

/** What a policy under the window's name says by itself. */
export const readWindow = (event: AuditEvent): ReturnType<typeof decideWindowState> =>
  decideWindowState(decode(textAt(event.request, 'policyDocument') ?? ''), new Date(event.at))

const planPut = (event: AuditEvent, tags: ReadonlyMap<string, string>): Step => {
  const state = readWindow(event)
  if (state.kind === 'closed' || state.kind === 'expired') return { kind: 'close' }
  if (state.kind !== 'open') {
    const unknown = { reason: null, by: event.actor.arn, allow: null, closed: false }
    return {
      kind: 'open',
      band: { ...unknown, from: event.at, until: never, planned: never, mode: 'foreign' },
    }
  }
  // The tags were written a moment before the window, and bear its end.
  const told = tags.get(tag.elevatedUntil) === state.until ? tags : new Map<string, string>()
  const planned = Date.parse(state.until)
  const band: Band = {
    ...{ from: event.at, until: planned, planned, mode: 'window', closed: false },
    reason: told.get(tag.elevatedReason) ?? null,
    by: told.get(tag.elevatedBy) ?? event.actor.arn,
    allow: state.allow,
  }
  return { kind: 'open', band }
}

/** A session that was made by the engineer and handed to the sandbox. */
const planPush = (event: AuditEvent): Step | undefined => {
  const tags = new Map([...tagsAt(event.request, 'tags'), ...tagsAt(event.request, 'principalTags')])
  const until = Date.parse(tags.get(tag.elevatedUntil) ?? '')
  if (tags.get(tag.elevatedPushed) !== 'true' || Number.isNaN(until)) return undefined
  const reason = tags.get(tag.elevatedReason) ?? null
  const by = tags.get(tag.elevatedBy) ?? event.actor.arn
  return {
    kind: 'open',
    band: {
      ...{ from: event.at, until, planned: until, mode: 'push', reason, by, allow: null, closed: false },
    },
  }
}

const planStep = (event: AuditEvent, user: UserName, tags: ReadonlyMap<string, string>): Step | undefined => {
  const { name, request, error } = event
  if (error !== undefined) return undefined
  if (name === 'AssumeRole')
    return textAt(request, 'roleArn')?.endsWith(`:role/${names.elevatedRole(user)}`) === true
      ? planPush(event)
      : undefined
  if (textAt(request, 'roleName') !== names.elevatedRole(user)) return undefined
  if (name === 'TagRole') return { kind: 'tags', tags: tagsAt(request, 'tags') }
  if (name === 'DeleteRole') return { kind: 'close' }
  if (textAt(request, 'policyName') !== names.elevationWindow) return undefined
  if (name === 'PutRolePolicy') return planPut(event, tags)
  return name === 'DeleteRolePolicy' ? { kind: 'close' } : undefined
}

/** IAM keeps one window: a new one, or a closed door, ends the one before. Pushed sessions end by themselves. */
const endLast = (bands: Band[], at: number, closed: boolean): void => {
  const index = bands.findLastIndex(({ mode }) => mode !== 'push')
  const last = bands[index]
  if (last !== undefined && last.until > at) bands[index] = { ...last, until: at, closed }
}

/** Within a second the order in which things were done is that of their kind: reason first, then the window. */
const order = ({ name }: AuditEvent): number => ['TagRole', 'PutRolePolicy'].indexOf(name)

/** @param now when a policy without an end was last seen to hold */
export const planBands = (events: readonly AuditEvent[], user: UserName, now: number): readonly Band[] => {
  const bands: Band[] = []
  let tags: ReadonlyMap<string, string> = new Map()
  for (const event of [...events].sort((a, b) => a.at - b.at || order(a) - order(b))) {
    const step = planStep(event, user, tags)
    if (step?.kind === 'tags') tags = new Map([...tags, ...step.tags])
    if (step?.kind === 'close') endLast(bands, event.at, true)
    if (step?.kind === 'open') {
      if (step.band.mode !== 'push') endLast(bands, event.at, false)
      bands.push(step.band)
    }
  }
  return bands.map((band) =>
    band.until === never ? { ...band, until: Math.max(now, band.from), holds: true as const } : band,
  )
}

/** The window that was open at that moment; of two the later one. Events have whole seconds. */
export const bandAt = (bands: readonly Band[], at: number): Band | undefined =>
  bands.findLast(({ from, until }) => from <= at && at <= until)
