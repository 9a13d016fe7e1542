import type { Story } from '../../config/story.ts'
import { UserError } from '../../config/user-error.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import type { SdkConfig } from '../target.ts'
import { type LaunchRequest, planLaunch, planPlaces } from './plan-launch.ts'
import type { Undo } from './undo.ts'

/** Answers that another type or zone may change.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const elsewhere = [
  'InsufficientInstanceCapacity',
  'InsufficientHostCapacity',
  'Unsupported',
  'InstanceLimitExceeded',
  'VcpuLimitExceeded',
  'MaxSpotInstanceCountExceeded',
]

/** True when EC2 would take the launch; costs nothing. Finds missing permissions and wrong ids beforehand. */
export const rehearseLaunch = async (request: LaunchRequest): Promise<void> => {
  const { EC2Client, RunInstancesCommand } = await import('../aws/sdk/ec2.ts')
  const [first] = planPlaces(request.settings.image.builderTypes, request.network.subnetIds)
  if (first === undefined) throw new Error('a network without subnets')
  const call = new RunInstancesCommand({ ...planLaunch(request, first), DryRun: true })
  try {
    await retryProfile(() => new EC2Client(request.sdk).send(call))
  } catch (error) {
    if (isAwsError(error, 'DryRunOperation', ...elsewhere)) return
    await awsCall('launch a builder', () => Promise.reject(error))
  }
}

/** IAM tells EC2 of a new profile a few seconds later. */
const retryProfile = async <T>(call: () => Promise<T>): Promise<T> => {
  for (let left = 10; ; left -= 1)
    try {
      return await call()
    } catch (error) {
      const unknown =
        isAwsError(error, 'InvalidParameterValue') && /iamInstanceProfile/i.test((error as Error).message)
      if (!unknown || left === 0) throw error
      await new Promise((resolve) => setTimeout(resolve, 2000))
    }
}

/** One machine in the first place that has room for it. */
export const launchMachine = async (request: LaunchRequest, story: Story, undo: Undo): Promise<string> => {
  const { EC2Client, RunInstancesCommand } = await import('../aws/sdk/ec2.ts')
  const client = new EC2Client(request.sdk)
  const refusals: string[] = []
  for (const place of planPlaces(request.settings.image.builderTypes, request.network.subnetIds))
    try {
      const call = new RunInstancesCommand(planLaunch(request, place))
      const { Instances } = await retryProfile(() => client.send(call))
      const instanceId = Instances?.[0]?.InstanceId ?? ''
      undo.add(`the ${request.purpose} ${instanceId}`, () => terminate(request.sdk, instanceId), true)
      return instanceId
    } catch (error) {
      if (!isAwsError(error, ...elsewhere))
        await awsCall(`launch a ${request.purpose}`, () => Promise.reject(error))
      refusals.push(`${place.type} in ${place.subnetId}: ${(error as Error).name}`)
      story.warn(`no ${place.type} in ${place.subnetId} (${(error as Error).name}); trying the next`)
    }
  throw new UserError(`AWS has no machine for the ${request.purpose}: ${refusals.join(', ')}`, {
    hint: 'try again later, or name other types in the settings: image.builderTypes',
  })
}

/** Asks for it and does not wait: it costs nothing from then on. */
export const terminate = async (sdk: SdkConfig, instanceId: string): Promise<void> => {
  const { EC2Client, TerminateInstancesCommand } = await import('../aws/sdk/ec2.ts')
  try {
    await new EC2Client(sdk).send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }))
  } catch (error) {
    if (!isAwsError(error, 'InvalidInstanceID.NotFound'))
      await awsCall(`terminate ${instanceId}`, () => Promise.reject(error))
  }
}
