import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Stack } from '@aws-sdk/client-cloudformation'
import { names } from '../../config/names.ts'
import type { Paths } from '../../config/paths.ts'
import type { Story } from '../../config/story.ts'
import { UserError } from '../../config/user-error.ts'
import type { SdkConfig, Target } from '../target.ts'
import { awsCall, isAwsError } from './call.ts'

const ready = new Set(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'IMPORT_COMPLETE'])
const underWay = new Set(['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'])

export type BootstrapState = 'ready' | 'missing' | 'underWay'

/** What to do about the stack of the state bucket, from its status. Broken ones are for a person. */
export const decideBootstrap = (
  stack: Pick<Stack, 'StackStatus' | 'StackStatusReason'> | undefined,
): BootstrapState => {
  if (stack === undefined) return 'missing'
  const status = stack.StackStatus ?? 'unknown'
  if (ready.has(status)) return 'ready'
  if (underWay.has(status)) return 'underWay'
  throw new UserError(
    `the CloudFormation stack ${names.bootstrapStack} is in ${status}: ${stack.StackStatusReason ?? 'no reason given'}`,
    {
      hint: `aws cloudformation delete-stack --stack-name ${names.bootstrapStack}, then run this again`,
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

/** Makes sure that the bucket exists which Terraform keeps its state in. Free when it is there. */
export const ensureStateBucket = async (target: Target, paths: Paths, story: Story): Promise<void> => {
  const { CloudFormationClient, CreateStackCommand, waitUntilStackCreateComplete } = await import(
    './sdk/cloudformation.ts'
  )
  const client = new CloudFormationClient(target.sdk)
  const state = decideBootstrap(await findBootstrapStack(target.sdk))
  if (state === 'ready') return
  await story.step(`State bucket ${names.stateBucket(target.accountId, target.region)}`, async () => {
    if (state === 'missing') {
      const TemplateBody = await readFile(join(paths.root, 'stacks', 'bootstrap.yaml'), 'utf8')
      const Parameters = [
        { ParameterKey: 'BucketName', ParameterValue: names.stateBucket(target.accountId, target.region) },
      ]
      try {
        await client.send(
          new CreateStackCommand({ StackName: names.bootstrapStack, TemplateBody, Parameters }),
        )
      } catch (error) {
        // Somebody else started at the same moment; wait for theirs.
        if (!isAwsError(error, 'AlreadyExistsException'))
          await awsCall('create the state bucket', () => Promise.reject(error))
      }
    }
    await awsCall('wait for the state bucket', () =>
      waitUntilStackCreateComplete(
        { client, maxWaitTime: 300, minDelay: 1, maxDelay: 5 },
        { StackName: names.bootstrapStack },
      ),
    )
  })
}
