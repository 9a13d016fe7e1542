import type { Stack } from '@aws-sdk/client-cloudformation'
import { names } from '../../config/names.ts'
import { silentStory } from '../../config/story.ts'
import { UserError } from '../../config/user-error.ts'
import type { BootstrapContext } from '../bootstrap/stack.ts'
import type { SdkConfig } from '../target.ts'
import { awsCall, isAwsError } from './call.ts'

const ready = new Set(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'IMPORT_COMPLETE'])
const underWay = new Set(['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'])

export type BootstrapState = 'ready' | 'missing' | 'underWay'

/** What to do about the stack of the state bucket, from its status. Broken ones are for a person. */
export const decideBootstrap = (
  stack: Pick<Stack, 'StackStatus' | 'StackStatusReason'> | undefined,
): BootstrapState => {
  // Only looked at so far, by a run that was cut off: nothing has been made.
  if (stack === undefined || stack.StackStatus === 'REVIEW_IN_PROGRESS') return 'missing'
  const status = stack.StackStatus ?? 'unknown'
  if (ready.has(status)) return 'ready'
  if (underWay.has(status)) return 'underWay'
  throw new UserError(
    `the CloudFormation stack ${names.bootstrapStack} is in ${status}: ${stack.StackStatusReason ?? 'no reason given'}`,
    {
      hint: 'npm run bootstrap mends it, and asks before each step',
    },
  )
}

/** undefined: there is no such stack. */
export const findBootstrapStack = async (sdk: SdkConfig): Promise<Stack | undefined> => {
  const { CloudFormationClient, DescribeStacksCommand } = await import('./sdk/cloudformation.ts')
  const call = new DescribeStacksCommand({ StackName: names.bootstrapStack })
  try {
    return (await new CloudFormationClient(sdk).send(call)).Stacks?.[0]
  } catch (error) {
    // CloudFormation has no name of its own for "no such stack".
    if (isAwsError(error, 'ValidationError') && /does not exist/.test((error as Error).message))
      return undefined
    return awsCall('look for the state bucket', () => Promise.reject(error))
  }
}

/** Text of the template that the stack was last made from. */
export const findBootstrapTemplate = async (sdk: SdkConfig): Promise<string | undefined> => {
  const { CloudFormationClient, GetTemplateCommand } = await import('./sdk/cloudformation.ts')
  const { TemplateBody } = await awsCall('read the template of the state bucket', () =>
    new CloudFormationClient(sdk).send(new GetTemplateCommand({ StackName: names.bootstrapStack })),
  )
  return TemplateBody
}

/** Makes sure that there is the bucket which Terraform keeps its state in. Free when it is there. */
export const ensureStateBucket = async (context: BootstrapContext): Promise<void> => {
  const { target, io } = context
  const state = decideBootstrap(await findBootstrapStack(target.sdk))
  if (state === 'ready') return
  if (!target.makesStateBucket && state === 'underWay')
    throw new UserError(`the stack ${names.bootstrapStack} is being changed right now`, {
      hint: 'wait until npm run bootstrap has ended, then run this again',
    })
  if (!target.makesStateBucket)
    throw new UserError(`there is no state bucket in account ${target.accountId} and ${target.region} yet`, {
      hint: `npm run bootstrap -- --region ${target.region} shows what it would make there, and asks`,
    })
  const { bootstrap } = await import('../bootstrap/run.ts')
  const bucket = names.stateBucket(target.accountId, target.region)
  await io.story.step(`State bucket ${bucket}`, () =>
    bootstrap({ ...context, yes: true, io: { ...io, story: silentStory } }, () => {}),
  )
}
