import { outOfReach, powerUserExtras } from '../../stacks/access/power-user.ts'
/** One window: times are ISO 8601 with whole seconds, of AWS's clock. */
export interface ElevationWindow {
  readonly from: string
  readonly until: string
  /** Patterns of actions; undefined: everything the boundary lets through. */
  readonly allow: readonly string[] | undefined
}

const render = (...Statement: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })

/** The probe must work in every window, so that a narrow one can be seen to open too. */
export const probeAction = 'ec2:DescribeRegions'

/**
 * The inline policy that is the window: what it allows until T, and a denial of everything from T on, which also
 * beats what policies of resources give to the session. IAM looks at the time of each request, so nothing has to
 * be written when it ends.
 */
export const renderWindow = ({ from, until, allow }: ElevationWindow): string => {
  const Condition = {
    DateGreaterThanEquals: { 'aws:CurrentTime': from },
    DateLessThan: { 'aws:CurrentTime': until },
  }
  const within = (Sid: string, what: object) => ({ Sid, Effect: 'Allow', ...what, Resource: '*', Condition })
  const after = {
    Sid: 'AfterWindow',
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': until } },
  }
  if (allow !== undefined)
    return render(
      within('ElevationWindow', { Action: allow }),
      within('Probe', { Action: probeAction }),
      after,
    )
  return render(
    within('ElevationWindow', { NotAction: outOfReach }),
    within('PowerUserExtras', {
      Action: powerUserExtras,
    }),
    after,
  )
}

export const renderClosed = (): string =>
  render({ Sid: 'Closed', Effect: 'Deny', Action: '*', Resource: '*' })

/** From the clock of AWS at the moment of its answer. */
export const planWindow = (
  now: Date,
  seconds: number,
  allow: readonly string[] | undefined,
): ElevationWindow => {
  const iso = (milliseconds: number) => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z')
  const from = Math.floor(now.getTime() / 1000) * 1000
  return { from: iso(from), until: iso(from + seconds * 1000), allow }
}

export type WindowState =
  | { readonly kind: 'never' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'expired'; readonly until: string }
  | {
      readonly kind: 'open'
      readonly until: string
      readonly secondsLeft: number
      readonly allow: readonly string[] | null
    }
  /** Somebody wrote a policy of this name that is none of ours. */
  | { readonly kind: 'unknown' }

type Statements = readonly {
  readonly Sid?: string
  readonly Action?: readonly string[]
  readonly Condition?: { readonly DateGreaterThanEquals?: Readonly<Record<string, string>> }
}[]

/** @param document undefined: there is no policy of that name */
export const decideWindowState = (document: string | undefined, now: Date): WindowState => {
  if (document === undefined) return { kind: 'never' }
  let statements: Statements
  try {
    statements = [(JSON.parse(document) as { Statement: Statements }).Statement].flat()
  } catch {
    return { kind: 'unknown' }
  }
  if (statements.some(({ Sid }) => Sid === 'Closed')) return { kind: 'closed' }
  const after = statements.find(({ Sid }) => Sid === 'AfterWindow')
  const until = after?.Condition?.DateGreaterThanEquals?.['aws:CurrentTime']
  if (until === undefined || Number.isNaN(Date.parse(until))) return { kind: 'unknown' }
  const secondsLeft = Math.ceil((Date.parse(until) - now.getTime()) / 1000)
  if (secondsLeft <= 0) return { kind: 'expired', until }
  const allow = statements.find(({ Sid }) => Sid === 'ElevationWindow')?.Action ?? null
  return { kind: 'open', until, secondsLeft, allow }
}
