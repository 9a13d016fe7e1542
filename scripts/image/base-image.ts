import type { Image } from '@aws-sdk/client-ec2'
import { tag } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import type { ImageLock } from '../../images/lock.ts'
import type { OurImage } from '../../images/our-image.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import type { SdkConfig } from '../target.ts'
import { parseImage } from './inventory.ts'
import type { ImageContext } from './open.ts'

/** What builders boot from. */
export interface BaseImage {
  readonly id: string
  readonly rootDevice: string
}

export type LockedBase = ImageLock['baseImages'][string]

/** @throws UserError when the lock knows none for the region */
export const requireLockedBase = (lock: ImageLock, region: string): LockedBase => {
  const locked = lock.baseImages[region]
  if (locked !== undefined) return locked
  throw new UserError(`the lock has no base image for ${region}`, { hint: 'npm run image:lock -- --update' })
}

/** Our own copies of a base image, in any state. */
export const listBaseCopies = async (sdk: SdkConfig, baseId: string): Promise<OurImage[]> => {
  const { DescribeImagesCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  const Filters = [{ Name: `tag:${tag.baseOf}`, Values: [baseId] }]
  const { Images = [] } = await awsCall(`look for a copy of ${baseId}`, () =>
    new EC2Client(sdk).send(new DescribeImagesCommand({ Owners: ['self'], Filters })),
  )
  return Images.map(parseImage).filter(({ baseOf }) => baseOf === baseId)
}

/** undefined: AWS has taken it away. */
const findOriginal = async (sdk: SdkConfig, { id }: LockedBase): Promise<Image | undefined> => {
  const { DescribeImagesCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  try {
    const { Images } = await new EC2Client(sdk).send(
      new DescribeImagesCommand({ ImageIds: [id], IncludeDeprecated: true }),
    )
    return Images?.find(({ State }) => State === 'available')
  } catch (error) {
    if (isAwsError(error, 'InvalidAMIID.NotFound', 'InvalidAMIID.Unavailable')) return undefined
    return awsCall(`look for the base image ${id}`, () => Promise.reject(error))
  }
}

/** The very image of the lock: AWS takes old ones away, and an id alone says nothing about whose it is. */
export const requireOriginal = async (sdk: SdkConfig, locked: LockedBase): Promise<BaseImage> => {
  const image = await findOriginal(sdk, locked)
  if (image === undefined)
    throw new UserError(
      `the base image ${locked.id} (${locked.name}) is gone from ${sdk.region}, and there is no copy of it`,
      { hint: 'npm run image:lock -- --update takes the present one, npm run image:vendor then keeps it' },
    )
  if (image.OwnerId !== locked.owner || image.Name !== locked.name)
    throw new UserError(
      `${locked.id} is ${image.Name} of ${image.OwnerId}, the lock says ${locked.name} of ${locked.owner}`,
      { hint: 'npm run image:lock -- --update' },
    )
  return { id: locked.id, rootDevice: image.RootDeviceName ?? '/dev/xvda' }
}

/** Our own copy where image:vendor has made one, else the image that the lock names. Same bytes, same digest. */
export const requireBase = async ({ target, io }: ImageContext, lock: ImageLock): Promise<BaseImage> => {
  const { region, sdk } = target
  const locked = requireLockedBase(lock, region)
  const copies = await listBaseCopies(sdk, locked.id)
  const copy = copies.find(({ state }) => state === 'available')
  if (copy === undefined) return requireOriginal(sdk, locked)
  io.story.say(`The base image is ${copy.imageId}, our own copy of ${locked.id}`)
  return { id: copy.imageId, rootDevice: copy.rootDevice }
}
