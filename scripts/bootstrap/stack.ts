import type { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import { findBootstrapStack } from '../aws/bootstrap.ts'
import { awsCall } from '../aws/call.ts'
import { poll } from '../aws/poll.ts'
import type { Context } from '../sandbox/context.ts'

/** As much of a command's context as is needed here. */
export type BootstrapContext = Pick<Context, 'target' | 'paths' | 'io' | 'yes'>

/** A key and two buckets take a minute; CloudFormation has worse days. */
const patience = 15 * 60

const StackName = names.bootstrapStack

export const openCloudFormation = async ({
  target,
}: Pick<Context, 'target'>): Promise<CloudFormationClient> => {
  const { CloudFormationClient } = await import('../aws/sdk/cloudformation.ts')
  return new CloudFormationClient(target.sdk)
}

/** Until CloudFormation is done with the stack: its status then, undefined when it is gone. */
export const settle = ({ target, io }: BootstrapContext): Promise<string | undefined> =>
  poll(
    io.signal,
    patience,
    async () => {
      const stack = await findBootstrapStack(target.sdk)
      const status = stack?.StackStatus ?? 'gone'
      return status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS' ? undefined : status
    },
    () =>
      new UserError(`CloudFormation is still busy with ${StackName} after ${patience / 60} minutes`, {
        hint: 'run the same command again; it continues',
      }),
  ).then((status) => (status === 'gone' ? undefined : status))

/** Why things of the stack failed in what was last done to it, oldest first. */
export const listFailures = async (context: BootstrapContext): Promise<string[]> => {
  const { paginateDescribeStackEvents } = await import('../aws/sdk/cloudformation.ts')
  const client = await openCloudFormation(context)
  const reasons: string[] = []
  const pages = paginateDescribeStackEvents({ client }, { StackName })
  await awsCall('read the events of the stack', async () => {
    for await (const { StackEvents = [] } of pages)
      for (const { LogicalResourceId, ResourceStatus, ResourceStatusReason, ResourceType } of StackEvents) {
        const ofStack = ResourceType === 'AWS::CloudFormation::Stack'
        if (ResourceStatus?.endsWith('_FAILED') && ResourceStatusReason !== undefined)
          reasons.unshift(ofStack ? ResourceStatusReason : `${LogicalResourceId}: ${ResourceStatusReason}`)
        // Where this operation began, everything older belongs to another one.
        if (ofStack && ResourceStatusReason === 'User Initiated') return
      }
  })
  return reasons
}

/** @param keep logical ids that a deletion which failed is to leave alone now */
export const deleteStack = async (
  context: BootstrapContext,
  keep: readonly string[] = [],
): Promise<string | undefined> => {
  const { DeleteStackCommand, UpdateTerminationProtectionCommand } = await import(
    '../aws/sdk/cloudformation.ts'
  )
  const client = await openCloudFormation(context)
  const found = await findBootstrapStack(context.target.sdk)
  if (found?.EnableTerminationProtection === true)
    await awsCall('take the protection from the stack', () =>
      client.send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: false })),
    )
  await awsCall('delete the stack of the state bucket', () =>
    client.send(
      new DeleteStackCommand({ StackName, ...(keep.length > 0 ? { RetainResources: [...keep] } : {}) }),
    ),
  )
  return settle(context)
}

/** What a deletion that failed has not removed. */
export const listUndeleted = async (context: BootstrapContext): Promise<string[]> => {
  const { DescribeStackResourcesCommand } = await import('../aws/sdk/cloudformation.ts')
  const client = await openCloudFormation(context)
  const { StackResources = [] } = await awsCall('list what the stack holds', () =>
    client.send(new DescribeStackResourcesCommand({ StackName })),
  )
  return StackResources.flatMap(({ LogicalResourceId, ResourceStatus }) =>
    LogicalResourceId === undefined || ResourceStatus === 'DELETE_COMPLETE' ? [] : [LogicalResourceId],
  )
}

export const continueRollback = async (context: BootstrapContext): Promise<void> => {
  const { ContinueUpdateRollbackCommand } = await import('../aws/sdk/cloudformation.ts')
  const client = await openCloudFormation(context)
  await awsCall('continue the rollback of the stack', () =>
    client.send(new ContinueUpdateRollbackCommand({ StackName })),
  )
  await settle(context)
}

/** So that nobody deletes the stack in passing. */
export const protect = async (context: BootstrapContext): Promise<void> => {
  const { UpdateTerminationProtectionCommand } = await import('../aws/sdk/cloudformation.ts')
  if ((await findBootstrapStack(context.target.sdk))?.EnableTerminationProtection === true) return
  const client = await openCloudFormation(context)
  await awsCall('protect the stack of the state bucket', () =>
    client.send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: true })),
  )
}
