import type { Instance } from '@aws-sdk/client-ec2'
import * as z from 'zod'
import { tag } from '../../config/names.ts'
import { endpointServices } from '../../config/network.ts'
import { UserError } from '../../config/user-error.ts'
import { awsCall } from '../aws/call.ts'
import type { SdkConfig } from '../target.ts'

const tags = z.record(z.string(), z.string())

/** The machine of a stack as it was found: what a sandbox is made from, and what `--undo` restores. */
export const machineSchema = z.object({
  instanceId: z.string(),
  state: z.string(),
  type: z.string(),
  imageId: z.string(),
  vpcId: z.string(),
  subnetId: z.string(),
  securityGroupId: z.string(),
  /** Name of its instance profile. */
  profile: z.string(),
  ebsOptimized: z.boolean(),
  publicAddress: z.boolean(),
  hopLimit: z.int(),
  metadataTags: z.boolean(),
  monitoring: z.boolean(),
  cpuCredits: z.string().optional(),
  tags,
  root: z.object({
    device: z.string(),
    volumeId: z.string(),
    sizeGiB: z.int(),
    type: z.string(),
    encrypted: z.boolean(),
    tags,
  }),
  /** Services that its network reaches through interface endpoints. */
  endpoints: z.array(z.enum(endpointServices)),
})

export type FoundMachine = z.infer<typeof machineSchema>

/** Tags of AWS itself (aws:...) can be neither set nor taken away. */
export const tagsOf = (list: readonly { Key?: string; Value?: string }[] = []): Record<string, string> =>
  Object.fromEntries(
    list.flatMap(({ Key, Value }) =>
      Key === undefined || Key.startsWith('aws:') ? [] : [[Key, Value ?? ''] as const],
    ),
  )

/** @throws UserError for what a sandbox cannot be */
const checkMachine = (instance: Instance, volume: { VolumeType?: string | undefined }): void => {
  const id = instance.InstanceId
  const refuse = (reason: string, hint: string) => new UserError(`${id} ${reason}`, { hint })
  const state = instance.State?.Name ?? 'unknown'
  if (state !== 'running' && state !== 'stopped')
    throw refuse(`is ${state}`, 'wait until it runs or is stopped, then run this again')
  if (instance.MetadataOptions?.HttpTokens !== 'required')
    throw refuse(
      'hands out its role without a token (IMDSv1), as no sandbox may',
      `aws ec2 modify-instance-metadata-options --http-tokens required --instance-id ${id}`,
    )
  if (instance.SecurityGroups?.length !== 1)
    throw refuse(
      `has ${instance.SecurityGroups?.length ?? 0} security groups, a sandbox has one`,
      `aws ec2 modify-instance-attribute --groups <one> --instance-id ${id}`,
    )
  if (instance.KeyName !== undefined)
    throw refuse(`has the key pair ${instance.KeyName}, a sandbox has none`, 'only a new machine is without')
  if (instance.IamInstanceProfile?.Arn === undefined)
    throw refuse('has no instance profile', 'the stack of the article gives it one')
  if (volume.VolumeType !== 'gp3')
    throw refuse(
      `has a root volume of type ${volume.VolumeType}, a sandbox has gp3`,
      `aws ec2 modify-volume --volume-type gp3 --volume-id <its root volume>`,
    )
}

/** Whose sandbox a machine is already: that is not taken over again. */
export const refuseOwned = ({ instanceId, tags }: FoundMachine): void => {
  const owner = tags[tag.sandbox]
  if (owner !== undefined)
    throw new UserError(`${instanceId} is the sandbox of ${owner} already`, {
      hint: `npm run sandbox:status -- --user ${owner}`,
    })
}

export const readMachine = async (sdk: SdkConfig, instanceId: string): Promise<FoundMachine> => {
  const ec2 = await import('../aws/sdk/ec2.ts')
  const client = new ec2.EC2Client(sdk)
  return awsCall(`look at ${instanceId}`, async () => {
    const { Reservations = [] } = await client.send(
      new ec2.DescribeInstancesCommand({ InstanceIds: [instanceId] }),
    )
    const instance = Reservations[0]?.Instances?.[0]
    const root = instance?.BlockDeviceMappings?.find(
      ({ DeviceName }) => DeviceName === instance.RootDeviceName,
    )
    const volumeId = root?.Ebs?.VolumeId
    if (instance === undefined || volumeId === undefined)
      throw new UserError(`${instanceId} of the stack is gone, or has no disk`, {
        hint: 'a stack without its machine has nothing to take over',
      })
    const [{ Volumes = [] }, { VpcEndpoints = [] }, credits] = await Promise.all([
      client.send(new ec2.DescribeVolumesCommand({ VolumeIds: [volumeId] })),
      client.send(
        new ec2.DescribeVpcEndpointsCommand({
          Filters: [{ Name: 'vpc-id', Values: [instance.VpcId ?? ''] }],
        }),
      ),
      /^t\d/.test(instance.InstanceType ?? '')
        ? client.send(new ec2.DescribeInstanceCreditSpecificationsCommand({ InstanceIds: [instanceId] }))
        : undefined,
    ])
    const volume = Volumes[0] ?? {}
    checkMachine(instance, volume)
    const reached = VpcEndpoints.filter(
      ({ VpcEndpointType, PrivateDnsEnabled }) => VpcEndpointType === 'Interface' && PrivateDnsEnabled,
    ).map(({ ServiceName }) => ServiceName?.split('.').at(-1))
    return machineSchema.parse({
      instanceId,
      state: instance.State?.Name,
      type: instance.InstanceType,
      imageId: instance.ImageId,
      vpcId: instance.VpcId,
      subnetId: instance.SubnetId,
      securityGroupId: instance.SecurityGroups?.[0]?.GroupId,
      profile: instance.IamInstanceProfile?.Arn?.split('/').at(-1),
      ebsOptimized: instance.EbsOptimized ?? false,
      publicAddress: instance.PublicIpAddress !== undefined,
      hopLimit: instance.MetadataOptions?.HttpPutResponseHopLimit ?? 1,
      metadataTags: instance.MetadataOptions?.InstanceMetadataTags === 'enabled',
      monitoring: instance.Monitoring?.State === 'enabled',
      cpuCredits: credits?.InstanceCreditSpecifications?.[0]?.CpuCredits,
      tags: tagsOf(instance.Tags as { Key?: string; Value?: string }[]),
      root: {
        device: instance.RootDeviceName,
        volumeId,
        sizeGiB: volume.Size,
        type: volume.VolumeType,
        encrypted: volume.Encrypted ?? false,
        tags: tagsOf(volume.Tags as { Key?: string; Value?: string }[]),
      },
      endpoints: endpointServices.filter((service) => reached.includes(service)),
    })
  })
}
