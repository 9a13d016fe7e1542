import type { Tag } from '../../images/image-tags.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import type { SdkConfig } from '../target.ts'

export interface WantedCopy {
  readonly from: { readonly region: string; readonly imageId: string }
  readonly name: string
  readonly description: string
  /** Of the copy and its snapshots; those of the original do not come along. */
  readonly tags: readonly Tag[]
  /** With the default key of the region that it goes to. */
  readonly encrypted: boolean
}

/**
 * Starts a copy into the region of `sdk`; it is pending for minutes.
 * @returns its id; undefined when an image of that name is there already
 */
export const startCopy = async (sdk: SdkConfig, wanted: WantedCopy): Promise<string | undefined> => {
  const { CopyImageCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  const { from, name, description, encrypted } = wanted
  const Tags = [...wanted.tags]
  try {
    const { ImageId } = await new EC2Client(sdk).send(
      new CopyImageCommand({
        SourceImageId: from.imageId,
        SourceRegion: from.region,
        Name: name,
        Description: description,
        ...(encrypted ? { Encrypted: true } : {}),
        TagSpecifications: [
          { ResourceType: 'image', Tags },
          { ResourceType: 'snapshot', Tags },
        ],
      }),
    )
    return ImageId ?? ''
  } catch (error) {
    if (isAwsError(error, 'InvalidAMIName.Duplicate')) return undefined
    return awsCall(`copy ${from.imageId} from ${from.region} to ${sdk.region}`, () => Promise.reject(error))
  }
}
