import type { LaptopRoleName } from '../../config/laptop-roles.ts'
import type { ContextValues } from '../../iam/context.ts'
import type { Verdict } from '../../iam/evaluate.ts'
import type { Variant } from './variants.ts'

/** Whose request it is; see callers.ts. */
export type Who =
  | 'instance'
  | 'readonly'
  | 'elevated'
  | 'builder'
  | 'flow logs'
  | 'operator'
  | `laptop ${LaptopRoleName}`
  | `plain ${LaptopRoleName}`
  | 'engineer'
  | 'team engineer'
  | 'login'
  | 'administrator'
  | 'other instance'
  | 'other account'
  | 'EC2'
  | 'Lambda'
  | 'EventBridge'
  | 'CloudWatch Logs'
  | 'log delivery'
  | 'alert forwarder'
  | 'VPC flow logs'

/** The elevated role's inline policy at the time of the request. */
export type WindowName = 'none' | 'open' | 'scoped' | 'closed' | 'forged'

/** What is special about a request, in words and as condition keys. */
export interface Circumstance {
  readonly says: string
  readonly keys?: ContextValues
  readonly window?: WindowName
  readonly variant?: Variant
  /** Role and session name of the caller where they are not the usual ones. */
  readonly as?: { readonly role?: string; readonly session?: string }
}

/**
 * One line of the matrix. Resources may hold {account}, {region}, {user}, {other}, {instance}, {state} and the
 * like, see things.ts.
 */
export interface Row {
  readonly topic: string
  readonly who: Who
  readonly action: string
  readonly resource: string
  readonly circumstance: Circumstance
  readonly expect: Verdict['decision']
  /** Sid of the statement that decides, or the kind of policy that does not allow. */
  readonly by: string
}

export type Line = Omit<Row, 'topic' | 'who'>

const usual: Circumstance = { says: '' }

/** The statement `by` allows it. */
export const allows = (
  by: string,
  action: string,
  resource = '*',
  circumstance: Circumstance = usual,
): Line => ({
  ...{ action, resource, circumstance, by },
  expect: 'allow',
})

/** The statement `by` denies it, and nothing that a resource's own policy says can change that. */
export const denies = (
  by: string,
  action: string,
  resource = '*',
  circumstance: Circumstance = usual,
): Line => ({
  ...{ action, resource, circumstance, by },
  expect: 'explicitDeny',
})

/** Nobody allows it. */
export const lacks = (
  by: keyof typeof gaps,
  action: string,
  resource = '*',
  circumstance: Circumstance = usual,
): Line => ({
  ...{ action, resource, circumstance, by: gaps[by] },
  expect: 'implicitDeny',
})

/** Words of iam/evaluate.ts. */
const gaps = {
  nothing: 'no identity policy allows',
  boundary: 'the permissions boundary does not allow',
  trust: 'the resource policy does not allow',
  service: 'no resource policy allows',
  session: 'the session policy does not allow',
} as const

/** Lines about one role and one question. */
export const about = (who: Who, topic: string, lines: readonly Line[]): readonly Row[] =>
  lines.map((line) => ({ topic, who, ...line }))

/** The first, and the second where they differ. */
const both = (one: Circumstance, other: Circumstance): Circumstance => ({
  ...one,
  ...other,
  says: [one.says, other.says].filter((text) => text !== '').join(', '),
  keys: { ...one.keys, ...other.keys },
})

/** A circumstance that several lines share. */
export const when = (circumstance: Circumstance, lines: readonly Line[]): readonly Line[] =>
  lines.map((line) => ({ ...line, circumstance: both(circumstance, line.circumstance) }))
