import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import type { StateKey } from '../aws/state-key.ts'
import type { BucketFacts } from '../doctor/state-bucket.ts'

/** What there is of the stack and of what it makes. */
export interface BootstrapFacts {
  /** undefined: there is no such stack. */
  readonly status: string | undefined
  readonly reason: string | undefined
  readonly region: string
  readonly bucket: Pick<BucketFacts, 'bucket' | 'kind' | 'region'>
  /** undefined: the bucket has no key of its own. */
  readonly key: StateKey | undefined
}

/** What has to happen next; after each step the facts are looked at again. */
export type BootstrapStep =
  | { readonly kind: 'wait'; readonly status: string }
  | { readonly kind: 'reviveKey'; readonly key: StateKey }
  /** Its creation was undone: it holds nothing, and only its removal makes room. */
  | { readonly kind: 'removeFailed'; readonly status: string }
  | { readonly kind: 'finishDeletion' }
  | { readonly kind: 'continueRollback' }
  | { readonly kind: 'change'; readonly type: 'CREATE' | 'UPDATE' }

const updatable = new Set([
  ...['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_FAILED', 'UPDATE_ROLLBACK_COMPLETE'],
  ...['IMPORT_COMPLETE', 'IMPORT_ROLLBACK_COMPLETE'],
])
export const isUpdatable = (status: string): boolean => updatable.has(status)

const undone = new Set(['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED'])

const refuseBucket = ({ bucket, region }: BootstrapFacts): void => {
  if (bucket.kind === 'somebodys')
    throw new UserError(`the name ${bucket.bucket} is taken by another account`, {
      hint: 'bucket names are global and this one cannot be had: use another region, or ask AWS Support who holds it; nothing was read from it or written to it',
    })
  if (bucket.kind === 'elsewhere')
    throw new UserError(
      `the state bucket ${bucket.bucket} lies in ${bucket.region ?? 'another region'}, and its stack belongs to ${region}`,
      { hint: `aws s3 ls s3://${bucket.bucket}; if nothing of it is needed, remove it and run this again` },
    )
}

/** Throws where only a person can go on. */
export const decideStep = (facts: BootstrapFacts): BootstrapStep => {
  const { status, key } = facts
  refuseBucket(facts)
  if (key !== undefined && (key.state === 'PendingDeletion' || key.state === 'Disabled'))
    return { kind: 'reviveKey', key }
  // A stack that was only looked at is created by the next change set.
  if (status === undefined || status === 'REVIEW_IN_PROGRESS') return { kind: 'change', type: 'CREATE' }
  if (updatable.has(status)) return { kind: 'change', type: 'UPDATE' }
  if (status.endsWith('_IN_PROGRESS')) return { kind: 'wait', status }
  if (undone.has(status)) return { kind: 'removeFailed', status }
  if (status === 'DELETE_FAILED') return { kind: 'finishDeletion' }
  if (status === 'UPDATE_ROLLBACK_FAILED') return { kind: 'continueRollback' }
  throw new UserError(
    `the CloudFormation stack ${names.bootstrapStack} is in ${status}: ${facts.reason ?? 'no reason given'}`,
    { hint: 'look at its events in the CloudFormation console' },
  )
}

/** The permission that AWS names when it refuses, wherever in its sentence it stands. */
export const findDeniedAction = (reason: string): string | undefined =>
  /not authorized to perform:? ([a-z0-9-]+:[A-Za-z]+)/.exec(reason)?.[1]

/** Why a change failed, from the events of the stack, oldest first. */
export const explainFailed = (status: string, reasons: readonly string[]): UserError => {
  // What CloudFormation cancels because of another failure says nothing.
  const [first = 'no reason given'] = reasons.filter(
    (reason) => !/^Resource (creation|update) cancelled/i.test(reason),
  )
  const action = findDeniedAction(first)
  return new UserError(
    `CloudFormation ended in ${status}: ${first}`,
    action === undefined
      ? { hint: 'nothing was lost; when the cause is gone, run npm run bootstrap again' }
      : { hint: `ask for the permission ${action}; nothing was lost, then run npm run bootstrap again` },
  )
}
