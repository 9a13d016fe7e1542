import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import { findBootstrapStack } from '../aws/bootstrap.ts'
import { findStateKey, reviveStateKey } from '../aws/state-key.ts'
import { askFor } from '../cli/ask.ts'
import { findBucket } from '../doctor/state-bucket.ts'
import { createChangeSet, discardChangeSet, executeChangeSet, Overtaken } from './change-set.ts'
import { type BootstrapFacts, type BootstrapStep, decideStep, explainFailed } from './decide.ts'
import { type PlannedChange, renderPlanned } from './render.ts'
import {
  type BootstrapContext,
  continueRollback,
  deleteStack,
  listFailures,
  listUndeleted,
  protect,
  settle,
} from './stack.ts'

/** Every path of the steps is shorter; more of them would be a circle. */
const mostSteps = 8

export const findBootstrapFacts = async ({
  target,
}: Pick<BootstrapContext, 'target'>): Promise<BootstrapFacts> => {
  const [stack, bucket] = await Promise.all([findBootstrapStack(target.sdk), findBucket(target)])
  const key = bucket.keyId === undefined ? undefined : await findStateKey(target.sdk, bucket.keyId)
  return {
    ...{ status: stack?.StackStatus, reason: stack?.StackStatusReason },
    ...{ region: target.region, bucket, key },
  }
}

/** What stands in the way of a plan is taken away first; each with a yes of its own. */
const mend = async (
  context: BootstrapContext,
  step: Exclude<BootstrapStep, { kind: 'change' }>,
): Promise<void> => {
  const { io, yes, target } = context
  const { story } = io
  const stack = names.bootstrapStack
  if (step.kind === 'wait') {
    await story.step(`Wait for CloudFormation, which is at ${step.status}`, () => settle(context))
    return
  }
  if (step.kind === 'reviveKey') {
    const { key } = step
    story.warn(
      key.state === 'Disabled'
        ? `the key ${key.id} of the state bucket is disabled: no state can be read or written`
        : `the key ${key.id} of the state bucket will be deleted on ${key.deletesAt ?? 'a day unknown'}: no state can be read from then on`,
    )
    await askFor(io, yes, `keep the key ${key.id}`)
    await story.step(`Keep the key ${key.id}`, () => reviveStateKey(target.sdk, key))
    return
  }
  if (step.kind === 'continueRollback') {
    story.warn(`${stack}: an update was undone only half-way`)
    await askFor(io, yes, 'continue to undo it')
    await story.step('Continue the rollback', () => continueRollback(context))
    return
  }
  const keep = step.kind === 'finishDeletion' ? await listUndeleted(context) : []
  story.warn(
    step.kind === 'finishDeletion'
      ? `${stack} is in DELETE_FAILED: it is half deleted, ${keep.join(', ') || 'nothing'} is left`
      : `${stack} is in ${step.status}: an earlier try was undone, and the stack holds nothing`,
  )
  await askFor(
    io,
    yes,
    `remove the stack ${stack} and make it anew; what is left of it stays and is taken in again`,
  )
  const left = await story.step(`Remove the stack ${stack}`, () => deleteStack(context, keep))
  if (left !== undefined) throw explainFailed(left, await listFailures(context))
}

export interface Bootstrapped {
  readonly changes: readonly PlannedChange[]
  /** False when it was only planned. */
  readonly carriedOut: boolean
}

/** @param told what it would do is shown before it is asked for */
const change = async (
  context: BootstrapContext,
  type: 'CREATE' | 'UPDATE',
  told: (changes: readonly PlannedChange[]) => void,
): Promise<readonly PlannedChange[]> => {
  const { io, yes } = context
  const planned = await io.story.step('Plan the state bucket', () => createChangeSet(context, type))
  if (planned.empty) return []
  try {
    told(planned.changes)
    await askFor(io, yes, type === 'CREATE' ? 'make this' : 'change this')
    await executeChangeSet(context, planned.id)
  } catch (error) {
    // Why it was not carried out is what counts, also when the plan cannot be thrown away.
    if (!(error instanceof Overtaken)) await discardChangeSet(context, planned.id).catch(() => {})
    throw error
  }
  const bucket = names.stateBucket(context.target.accountId, context.target.region)
  const status = await io.story.step(`State bucket ${bucket}`, () => settle(context))
  if (status === undefined || !/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status))
    throw explainFailed(status ?? 'DELETE_COMPLETE', await listFailures(context))
  return planned.changes
}

/** Makes the stack what the template says, from whatever it is now. Interrupted anywhere, the next run goes on. */
export const bootstrap = async (
  context: BootstrapContext,
  told: (changes: readonly PlannedChange[]) => void,
): Promise<Bootstrapped> => {
  const all: PlannedChange[] = []
  for (let round = 0; round < mostSteps; round += 1) {
    context.io.signal.throwIfAborted()
    const step = decideStep(await findBootstrapFacts(context))
    if (step.kind !== 'change') {
      await mend(context, step)
      continue
    }
    const changes = await change(context, step.type, told).catch((error: unknown) => {
      if (error instanceof Overtaken) return undefined
      throw error
    })
    if (changes === undefined) continue
    all.push(...changes)
    // What was taken in is as it was found; the next round makes it what the template says.
    if (changes.some(({ action }) => action === 'take in')) continue
    await protect(context)
    return { changes: all, carriedOut: true }
  }
  throw new UserError(`${names.bootstrapStack} does not come to rest`, { hint: 'npm run doctor' })
}

/** What `bootstrap` would do next, without doing it. */
export const planBootstrap = async (
  context: BootstrapContext,
): Promise<Bootstrapped & { readonly step: BootstrapStep }> => {
  const step = decideStep(await findBootstrapFacts(context))
  if (step.kind !== 'change') return { step, changes: [], carriedOut: false }
  const planned = await context.io.story.step('Plan the state bucket', () =>
    createChangeSet(context, step.type),
  )
  if (!planned.empty) await discardChangeSet(context, planned.id)
  return { step, changes: planned.changes, carriedOut: false }
}

export const tellPlanned = (changes: readonly PlannedChange[]): string =>
  changes.length === 0 ? 'no changes' : renderPlanned(changes)
