import type { Image } from '@aws-sdk/client-ec2'
import { names, tag } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import { type ImageMark, planImageTags } from '../../images/image-tags.ts'
import { newestFirst, type OurImage } from '../../images/our-image.ts'
import { awsCall } from '../aws/call.ts'
import { poll } from '../aws/poll.ts'
import type { SdkConfig } from '../target.ts'
import { parseImage } from './inventory.ts'

const describe = async (sdk: SdkConfig, input: object): Promise<Image[]> => {
  const { DescribeImagesCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  return awsCall('look for images', async () => {
    const { Images } = await new EC2Client(sdk).send(
      new DescribeImagesCommand({ Owners: ['self'], ...input }),
    )
    return Images ?? []
  })
}

/** AMIs of one digest, newest first. */
export const listByDigest = async (sdk: SdkConfig, digest: string): Promise<OurImage[]> =>
  newestFirst(
    (await describe(sdk, { Filters: [{ Name: `tag:${tag.imageDigest}`, Values: [digest] }] })).map(
      parseImage,
    ),
  )

/** @throws UserError when there is no such image, or we did not make it */
export const findBuilt = async (sdk: SdkConfig, imageId: string): Promise<OurImage> => {
  const [image] = await describe(sdk, { Filters: [{ Name: 'image-id', Values: [imageId] }] })
  if (image === undefined)
    throw new UserError(`the image ${imageId} does not exist in ${sdk.region}, or is not of this account`, {
      hint: 'npm run image:list',
    })
  const built = parseImage(image)
  if (built.digest === '')
    throw new UserError(`the image ${imageId} (${built.name}) was not made by image:build`, {
      hint: 'npm run image:list',
    })
  return built
}

export interface NewImage extends ImageMark {
  readonly instanceId: string
  readonly description: string
}

/** Starts the capture; the image is pending. Unverified until somebody has proved it. */
export const createImage = async (sdk: SdkConfig, wanted: NewImage): Promise<string> => {
  const { CreateImageCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  const Tags = planImageTags(wanted)
  const { ImageId } = await awsCall(`make an image of ${wanted.instanceId}`, () =>
    new EC2Client(sdk).send(
      new CreateImageCommand({
        InstanceId: wanted.instanceId,
        Name: wanted.name,
        Description: wanted.description,
        TagSpecifications: [
          { ResourceType: 'image', Tags },
          { ResourceType: 'snapshot', Tags },
        ],
      }),
    ),
  )
  return ImageId ?? ''
}

/** Copying a volume of 20 GiB to S3 takes minutes, sometimes many: what others wait for, seconds. */
const captureSeconds = 2 * 3600

export const waitAvailable = async (
  sdk: SdkConfig,
  imageId: string,
  signal: AbortSignal,
): Promise<OurImage> =>
  poll(
    signal,
    captureSeconds,
    async () => {
      const [image] = await describe(sdk, { Filters: [{ Name: 'image-id', Values: [imageId] }] })
      if (image?.State === 'failed')
        throw new UserError(`${imageId} failed: ${image.StateReason?.Message ?? 'AWS gives no reason'}`, {
          hint: 'run the same command again',
        })
      return image?.State === 'available' ? parseImage(image) : undefined
    },
    () =>
      new UserError(`${imageId} is still pending after ${captureSeconds / 3600} hours`, {
        hint: 'npm run image:list shows it; run the same command again when it is available',
      }),
  )

/** Whoever launches it without saying so gets IMDSv2 only.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html#configure-IMDS-new-instances-ami-configuration */
export const requireTokens = async (sdk: SdkConfig, imageId: string): Promise<void> => {
  const { EC2Client, ModifyImageAttributeCommand } = await import('../aws/sdk/ec2.ts')
  await awsCall(`make ${imageId} ask for IMDSv2`, () =>
    new EC2Client(sdk).send(
      new ModifyImageAttributeCommand({ ImageId: imageId, ImdsSupport: { Value: 'v2.0' } }),
    ),
  )
}

export const markVerified = async (sdk: SdkConfig, image: OurImage): Promise<void> => {
  const { CreateTagsCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  await awsCall(`mark ${image.imageId} as verified`, () =>
    new EC2Client(sdk).send(
      new CreateTagsCommand({
        Resources: [image.imageId, ...image.snapshotIds],
        Tags: [{ Key: tag.imageState, Value: 'verified' }],
      }),
    ),
  )
}

/** The image and its snapshots. */
export const removeImage = async (sdk: SdkConfig, imageId: string): Promise<void> => {
  const { DeregisterImageCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  await awsCall(`remove the image ${imageId}`, () =>
    new EC2Client(sdk).send(
      new DeregisterImageCommand({ ImageId: imageId, DeleteAssociatedSnapshots: true }),
    ),
  )
}

/** Names are unique; a second image of one digest says which build it is of. */
export const planImageName = (digest: string, build: string, again: boolean): string =>
  again ? `${names.image(digest)}-${build}` : names.image(digest)
