import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2'
import { names, tag } from '../../config/names.ts'
import type { NetworkOutputs } from '../../config/plan-specs.ts'
import type { Settings } from '../../config/settings.ts'
import type { Story } from '../../config/story.ts'
import { UserError } from '../../config/user-error.ts'
import { renderScript } from '../../userdata/render.ts'
import { findAgent } from '../aws/agent.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import type { SdkConfig } from '../target.ts'
import { poll } from './pause.ts'
import type { Undo } from './undo.ts'

/** Everything a machine of a build is launched with. */
export interface LaunchRequest {
  readonly sdk: SdkConfig
  readonly settings: Settings
  readonly network: NetworkOutputs
  readonly imageId: string
  readonly rootDevice: string
  readonly rootVolumeGiB: number
  /** Which build it belongs to; part of its tags and of the client token. */
  readonly build: string
  /** builder, verifier or resolver. */
  readonly purpose: string
  readonly digest: string | undefined
  /** After this it is nobody's. */
  readonly deadline: Date
  /** Text of images/builder-user-data.sh. */
  readonly userData: string
}

export interface Place {
  readonly type: string
  readonly subnetId: string
}

/** In the order in which they are tried: each type everywhere before the next type. */
export const planPlaces = (types: readonly string[], subnetIds: readonly string[]): Place[] =>
  types.flatMap((type) => subnetIds.map((subnetId) => ({ type, subnetId })))

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

/** What the tags of everything that lives only during a build say. */
export const planBuildTags = (request: Pick<LaunchRequest, 'build' | 'purpose' | 'digest' | 'deadline'>) => [
  { Key: 'Name', Value: `kiro-sandbox-${request.purpose}` },
  { Key: tag.component, Value: 'image-builder' },
  { Key: tag.build, Value: request.build },
  { Key: tag.deadline, Value: request.deadline.toISOString() },
  ...(request.digest === undefined ? [] : [{ Key: tag.imageDigest, Value: request.digest }]),
]

/** No key, no public address, no way in; metadata with a token only; gone when it is powered off. */
export const planLaunch = (request: LaunchRequest, { type, subnetId }: Place): RunInstancesCommandInput => {
  const { settings, network, build, purpose } = request
  const minutes = Math.max(1, Math.ceil((request.deadline.getTime() - Date.now()) / 60_000))
  const Tags = planBuildTags(request)
  return {
    ImageId: request.imageId,
    InstanceType: type as RunInstancesCommandInput['InstanceType'],
    MinCount: 1,
    MaxCount: 1,
    // The same call again is the same machine, whoever lost the answer.
    ClientToken: `${build}-${purpose}-${type}-${subnetId}`.slice(0, 64),
    IamInstanceProfile: { Name: names.imageBuilderRole(settings.region) },
    InstanceInitiatedShutdownBehavior: 'terminate',
    UserData: Buffer.from(renderScript(request.userData, { minutes: String(minutes) })).toString('base64'),
    MetadataOptions: {
      HttpEndpoint: 'enabled',
      HttpTokens: 'required',
      HttpPutResponseHopLimit: 1,
    },
    NetworkInterfaces: [
      {
        DeviceIndex: 0,
        SubnetId: subnetId,
        Groups: [network.builderGroupId ?? ''],
        AssociatePublicIpAddress: false,
        DeleteOnTermination: true,
      },
    ],
    BlockDeviceMappings: [
      {
        DeviceName: request.rootDevice,
        Ebs: {
          VolumeType: 'gp3',
          VolumeSize: request.rootVolumeGiB,
          Encrypted: true,
          DeleteOnTermination: true,
        },
      },
    ],
    TagSpecifications: [
      { ResourceType: 'instance', Tags },
      { ResourceType: 'volume', Tags },
    ],
  }
}

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

/** Instance state and why it is that. */
const findState = async (sdk: SdkConfig, instanceId: string) => {
  const { DescribeInstancesCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  try {
    const { Reservations } = await new EC2Client(sdk).send(
      new DescribeInstancesCommand({ InstanceIds: [instanceId] }),
    )
    const instance = Reservations?.[0]?.Instances?.[0]
    return { state: instance?.State?.Name ?? 'pending', reason: instance?.StateReason?.Message }
  } catch (error) {
    // For a moment after the launch not every part of EC2 knows it.
    if (isAwsError(error, 'InvalidInstanceID.NotFound')) return { state: 'pending', reason: undefined }
    return awsCall(`look at ${instanceId}`, () => Promise.reject(error))
  }
}

const ending = new Set(['shutting-down', 'terminated', 'stopping', 'stopped'])

/** Until Run Command can reach it. @returns seconds from the call to Online */
export const waitOnline = async (
  sdk: SdkConfig,
  instanceId: string,
  options: { readonly seconds: number; readonly signal: AbortSignal; note(text: string): void },
): Promise<number> => {
  const started = performance.now()
  options.note('the SSM agent has not reported yet')
  let lookedAt = started
  await poll(
    options.signal,
    options.seconds,
    async () => {
      const agent = await findAgent(sdk, instanceId)
      if (agent.state === 'online') return true
      if (performance.now() - lookedAt > 3000) {
        lookedAt = performance.now()
        const { state, reason } = await findState(sdk, instanceId)
        if (ending.has(state))
          throw new UserError(
            `${instanceId} is ${state} before it was ready: ${reason ?? 'no reason given'}`,
            {
              hint: 'run the same command again',
            },
          )
      }
      return undefined
    },
    () =>
      new UserError(`the SSM agent of ${instanceId} has not answered within ${options.seconds} s`, {
        hint: 'its subnet must reach ssm, ssmmessages and ec2messages (network.endpoints); image.agentSeconds sets the wait',
      }),
  )
  return (performance.now() - started) / 1000
}
