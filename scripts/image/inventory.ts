import type { Image } from '@aws-sdk/client-ec2'
import { tag } from '../../config/names.ts'
import type { ImageUse, OurImage } from '../../images/our-image.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import type { SdkConfig } from '../target.ts'

export const parseImage = (image: Image): OurImage => {
  const tags = new Map((image.Tags ?? []).map(({ Key, Value }) => [Key, Value ?? '']))
  const disks = (image.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => (Ebs === undefined ? [] : [Ebs]))
  return {
    imageId: image.ImageId ?? '',
    name: image.Name ?? '',
    ownerId: image.OwnerId ?? '',
    digest: tags.get(tag.imageDigest) ?? '',
    verified: tags.get(tag.imageState) === 'verified',
    build: tags.get(tag.build),
    state: image.State ?? 'unknown',
    architecture: image.Architecture ?? 'unknown',
    createdAt: image.CreationDate ?? '',
    deprecatedAt: image.DeprecationTime,
    snapshotIds: disks.flatMap(({ SnapshotId }) => (SnapshotId === undefined ? [] : [SnapshotId])),
    sizeGiB: disks.reduce((sum, { VolumeSize = 0 }) => sum + VolumeSize, 0),
    encrypted: disks.length > 0 && disks.every(({ Encrypted }) => Encrypted === true),
    rootDevice: image.RootDeviceName ?? '/dev/xvda',
  }
}

/** Every AMI of this account and region, also those that image:build did not make: they have no digest. */
export const listOwnImages = async (sdk: SdkConfig): Promise<OurImage[]> => {
  const { DescribeImagesCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  const { Images = [] } = await awsCall('list the images', () =>
    new EC2Client(sdk).send(new DescribeImagesCommand({ Owners: ['self'], IncludeDeprecated: true })),
  )
  return Images.map(parseImage)
}

/** Every golden image. */
export const listOurImages = async (sdk: SdkConfig): Promise<OurImage[]> =>
  (await listOwnImages(sdk)).filter(({ digest }) => digest !== '')

/** Any image that can be seen from here, whoever owns it; undefined when there is none of that id. */
export const findImage = async (sdk: SdkConfig, imageId: string): Promise<OurImage | undefined> => {
  const { DescribeImagesCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  try {
    const { Images = [] } = await new EC2Client(sdk).send(
      new DescribeImagesCommand({ ImageIds: [imageId], IncludeDeprecated: true }),
    )
    return Images[0] === undefined ? undefined : parseImage(Images[0])
  } catch (error) {
    if (isAwsError(error, 'InvalidAMIID.NotFound', 'InvalidAMIID.Unavailable')) return undefined
    return awsCall(`look at ${imageId}`, () => Promise.reject(error))
  }
}

const alive = ['pending', 'running', 'shutting-down', 'stopping', 'stopped']

/** What every instance that is not terminated was launched from, ours or not. */
export const listUses = async (sdk: SdkConfig): Promise<ImageUse[]> => {
  const { EC2Client, paginateDescribeInstances } = await import('../aws/sdk/ec2.ts')
  const Filters = [{ Name: 'instance-state-name', Values: alive }]
  return awsCall('list the instances', async () => {
    const uses: ImageUse[] = []
    for await (const { Reservations = [] } of paginateDescribeInstances(
      { client: new EC2Client(sdk) },
      { Filters },
    ))
      for (const { InstanceId = '', ImageId = '', Tags = [] } of Reservations.flatMap(
        ({ Instances = [] }) => Instances,
      ))
        uses.push({
          instanceId: InstanceId,
          imageId: ImageId,
          user: Tags.find(({ Key }) => Key === tag.sandbox)?.Value,
        })
    return uses
  })
}
