import type { StackResourceDrift } from '@aws-sdk/client-cloudformation'
import { UserError } from '../../config/user-error.ts'
import type { SdkConfig } from '../target.ts'
import { awsCall } from './call.ts'
import { poll } from './poll.ts'

const patience = 5 * 60

/**
 * What of a stack of CloudFormation is not as its template has made it, or gone. Kinds that CloudFormation cannot look
 * at are not in it.
 */
export const findStackDrifts = async (
  sdk: SdkConfig,
  StackName: string,
  signal: AbortSignal,
): Promise<StackResourceDrift[]> => {
  const {
    CloudFormationClient,
    DescribeStackDriftDetectionStatusCommand,
    DescribeStackResourceDriftsCommand,
    DetectStackDriftCommand,
  } = await import('./sdk/cloudformation.ts')
  const client = new CloudFormationClient(sdk)
  const looking = `look for drift of ${StackName}`
  const { StackDriftDetectionId } = await awsCall(looking, () =>
    client.send(new DetectStackDriftCommand({ StackName })),
  )
  await poll(
    signal,
    patience,
    async () => {
      const told = await awsCall(looking, () =>
        client.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId })),
      )
      if (told.DetectionStatus === 'DETECTION_FAILED')
        throw new UserError(
          `CloudFormation could not look for drift of ${StackName}: ${told.DetectionStatusReason ?? 'no reason given'}`,
          { hint: 'run the same command again' },
        )
      return told.DetectionStatus === 'DETECTION_COMPLETE' ? true : undefined
    },
    () =>
      new UserError(`CloudFormation is still looking for drift of ${StackName}`, {
        hint: 'run the same command again',
      }),
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
