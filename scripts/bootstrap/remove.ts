import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import { findBootstrapStack } from '../aws/bootstrap.ts'
import { askFor } from '../cli/ask.ts'
import { findBucket } from '../doctor/state-bucket.ts'
import type { Context } from '../sandbox/context.ts'
import { explainFailed } from './decide.ts'
import { deleteStack, listFailures, listUndeleted, settle } from './stack.ts'

/** Removes the stack; buckets and key stay by their policy. Refuses while a state of a sandbox is there. */
export const removeBootstrap = async (context: Context): Promise<{ readonly left: readonly string[] }> => {
  const { target, store, io, yes } = context
  const { story } = io
  const [found, stacks, { bucket, keyId }] = await Promise.all([
    findBootstrapStack(target.sdk),
    store.listStacks(),
    findBucket(target),
  ])
  if (stacks.length > 0)
    throw new UserError(`${bucket} holds the state of ${stacks.join(', ')}`, {
      hint: 'nothing was removed; first npm run sandbox:down for each engineer, npm run alerts -- --remove and npm run laptop:roles -- --remove',
    })
  if (found === undefined) return { left: [] }
  const left = [
    bucket,
    names.stateLogBucket(target.accountId, target.region),
    ...(keyId === undefined ? [] : [keyId]),
  ]
  await askFor(io, yes, `remove the stack ${names.bootstrapStack}; ${left.join(', ')} stay`)
  await story.step(`Remove the stack ${names.bootstrapStack}`, async () => {
    if (found.StackStatus?.endsWith('_IN_PROGRESS')) await settle(context)
    const keep = found.StackStatus === 'DELETE_FAILED' ? await listUndeleted(context) : []
    const status = await deleteStack(context, keep)
    if (status !== undefined) throw explainFailed(status, await listFailures(context))
  })
  return { left }
}
