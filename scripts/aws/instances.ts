import type { Instance } from '@aws-sdk/client-ec2'
import { tag } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import { isUserName, type UserName } from '../../config/user-name.ts'
import type { SdkConfig } from '../target.ts'
import { awsCall } from './call.ts'

/** What EC2 says about one sandbox, in our words. */
export interface SandboxMachine {
  readonly user: UserName
  readonly instanceId: string
  /** pending, running, stopping, stopped, shutting-down */
  readonly state: string
  readonly type: string
  readonly imageId: string
  readonly image: string
  readonly privateIp: string | undefined
  readonly publicIp: string | undefined
  readonly subnetId: string | undefined
  readonly vpcId: string | undefined
  readonly securityGroupIds: readonly string[]
  readonly profileArn: string | undefined
  readonly tokensRequired: boolean
  readonly hopLimit: number | undefined
  readonly keyName: string | undefined
  readonly monitoring: boolean
  /** CloudFormation stack that it was taken over from. */
  readonly adoptedFrom: string | undefined
  /** ISO 8601 */
  readonly launchedAt: string | undefined
}

const parseMachine = (instance: Instance): SandboxMachine | undefined => {
  const tags = new Map((instance.Tags ?? []).map(({ Key, Value }) => [Key, Value]))
  const user = tags.get(tag.sandbox) ?? ''
  if (instance.InstanceId === undefined || !isUserName(user)) return undefined
  return {
    user,
    instanceId: instance.InstanceId,
    state: instance.State?.Name ?? 'unknown',
    type: instance.InstanceType ?? '',
    imageId: instance.ImageId ?? '',
    image: tags.get(tag.image) ?? '',
    privateIp: instance.PrivateIpAddress,
    publicIp: instance.PublicIpAddress,
    subnetId: instance.SubnetId,
    vpcId: instance.VpcId,
    securityGroupIds: (instance.SecurityGroups ?? []).flatMap(({ GroupId }) =>
      GroupId === undefined ? [] : [GroupId],
    ),
    profileArn: instance.IamInstanceProfile?.Arn,
    tokensRequired: instance.MetadataOptions?.HttpTokens === 'required',
    hopLimit: instance.MetadataOptions?.HttpPutResponseHopLimit,
    keyName: instance.KeyName,
    monitoring: instance.Monitoring?.State === 'enabled',
    adoptedFrom: tags.get(tag.adoptedFrom),
    launchedAt: instance.LaunchTime?.toISOString(),
  }
}

const alive = ['pending', 'running', 'stopping', 'stopped', 'shutting-down']

/** All sandboxes of this account and region that are not gone, by user. */
export const listMachines = async (
  sdk: SdkConfig,
  users: readonly UserName[] = [],
): Promise<SandboxMachine[]> => {
  const { EC2Client, paginateDescribeInstances } = await import('./sdk/ec2.ts')
  const client = new EC2Client(sdk)
  const Filters = [
    { Name: 'instance-state-name', Values: alive },
    users.length === 0
      ? { Name: 'tag-key', Values: [tag.owner] }
      : { Name: `tag:${tag.sandbox}`, Values: [...users] },
  ]
  return awsCall('list the sandboxes', async () => {
    const machines: SandboxMachine[] = []
    for await (const page of paginateDescribeInstances({ client }, { Filters }))
      for (const instance of (page.Reservations ?? []).flatMap(({ Instances }) => Instances ?? [])) {
        const machine = parseMachine(instance)
        if (machine !== undefined) machines.push(machine)
      }
    return machines.sort((a, b) => a.user.localeCompare(b.user))
  })
}

/** The one machine of a user that is not on its way out. Two under one tag are for a person to sort out. */
export const findMachine = async (sdk: SdkConfig, user: UserName): Promise<SandboxMachine | undefined> => {
  const machines = (await listMachines(sdk, [user])).filter(({ state }) => state !== 'shutting-down')
  if (machines.length > 1)
    throw new UserError(
      `${user} has ${machines.length} machines: ${machines.map(({ instanceId }) => instanceId).join(', ')}`,
      { hint: `terminate those that are not a sandbox, or take their tag ${tag.sandbox} away` },
    )
  return machines[0]
}

export const startMachine = async (sdk: SdkConfig, instanceId: string): Promise<void> => {
  const { EC2Client, StartInstancesCommand } = await import('./sdk/ec2.ts')
  await awsCall(`start ${instanceId}`, () =>
    new EC2Client(sdk).send(new StartInstancesCommand({ InstanceIds: [instanceId] })),
  )
}

/** Resolves when EC2 calls it so. @param seconds gives up after so long */
export const waitForState = async (
  sdk: SdkConfig,
  instanceId: string,
  state: 'running' | 'stopped',
  seconds: number,
  abortSignal: AbortSignal,
): Promise<void> => {
  const { EC2Client, waitUntilInstanceRunning, waitUntilInstanceStopped } = await import('./sdk/ec2.ts')
  const wait = state === 'running' ? waitUntilInstanceRunning : waitUntilInstanceStopped
  const options = { client: new EC2Client(sdk), maxWaitTime: seconds, minDelay: 1, maxDelay: 5, abortSignal }
  await awsCall(`see ${instanceId} ${state}`, () => wait(options, { InstanceIds: [instanceId] }))
}
