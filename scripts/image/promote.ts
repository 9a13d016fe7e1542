import { checkPromotable, decideRollback } from '../../images/alias.ts'
import type { OurImage } from '../../images/our-image.ts'
import { ensureStateBucket } from '../aws/bootstrap.ts'
import { awsCall } from '../aws/call.ts'
import type { Context } from '../sandbox/context.ts'
import type { SdkConfig } from '../target.ts'
import { moveAlias, readAliases } from './alias.ts'
import { ImageStore } from './image-store.ts'
import { findImage } from './inventory.ts'

export interface Promotion {
  readonly environment: string
  readonly imageId: string
  /** What current was; undefined when there was none. */
  readonly was: string | undefined
  readonly moved: boolean
}

/** What prune has put out of date is not, once sandboxes shall boot from it again. */
const undeprecate = async (sdk: SdkConfig, { imageId, deprecatedAt }: OurImage): Promise<void> => {
  if (deprecatedAt === undefined) return
  const { DisableImageDeprecationCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  await awsCall(`take back the deprecation of ${imageId}`, () =>
    new EC2Client(sdk).send(new DisableImageDeprecationCommand({ ImageId: imageId })),
  )
}

/** @param wanted undefined: back to what current was before */
export const promoteImage = async (context: Context, wanted: string | undefined): Promise<Promotion> => {
  const { target, settings, io } = context
  const { environment } = settings
  const read = await readAliases(target.sdk, environment)
  const to = wanted ?? decideRollback(read)
  const image = checkPromotable(to, await findImage(target.sdk, to), target)
  await ensureStateBucket(context)
  await undeprecate(target.sdk, image)
  const store = new ImageStore(target)
  const moved = await moveAlias({ sdk: target.sdk, store, read, to, signal: io.signal })
  return { environment, imageId: to, was: read.current?.imageId, moved }
}
