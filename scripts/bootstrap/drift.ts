import type { StackResourceDrift } from '@aws-sdk/client-cloudformation'
import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import { awsCall } from '../aws/call.ts'
import { poll } from '../aws/poll.ts'
import { isUpdatable } from './decide.ts'
import { type BootstrapContext, openCloudFormation } from './stack.ts'

const patience = 5 * 60

/** What of the stack is not as the stack has made it, or gone. */
export const findDrifts = async (
  context: BootstrapContext,
  status: string | undefined,
): Promise<StackResourceDrift[]> => {
  if (status === undefined || !isUpdatable(status))
    throw new UserError(
      `${names.bootstrapStack} is in ${status}: CloudFormation does not look for drift there`,
      {
        hint: 'npm run bootstrap',
      },
    )
  const {
    DescribeStackDriftDetectionStatusCommand,
    DescribeStackResourceDriftsCommand,
    DetectStackDriftCommand,
  } = await import('../aws/sdk/cloudformation.ts')
  const client = await openCloudFormation(context)
  const StackName = names.bootstrapStack
  const looking = 'look for drift of the state bucket'
  const { StackDriftDetectionId } = await awsCall(looking, () =>
    client.send(new DetectStackDriftCommand({ StackName })),
  )
  await poll(
    context.io.signal,
    patience,
    async () => {
      const told = await awsCall(looking, () =>
        client.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId })),
      )
      if (told.DetectionStatus === 'DETECTION_FAILED')
        throw new UserError(
          `CloudFormation could not look for drift: ${told.DetectionStatusReason ?? 'no reason given'}`,
        )
      return told.DetectionStatus === 'DETECTION_COMPLETE' ? true : undefined
    },
    () => new UserError('CloudFormation is still looking for drift', { hint: 'run the same command again' }),
  )
  const { StackResourceDrifts = [] } = await awsCall(looking, () =>
    client.send(
      new DescribeStackResourceDriftsCommand({
        StackName,
        StackResourceDriftStatusFilters: ['MODIFIED', 'DELETED'],
      }),
    ),
  )
  return StackResourceDrifts
}
