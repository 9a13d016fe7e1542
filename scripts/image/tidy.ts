import type { Story } from '../../config/story.ts'
import type { SdkConfig } from '../target.ts'
import { listByDigest, removeImage } from './amis.ts'
import type { Claim } from './claim-build.ts'
import { removeMachinesOf } from './leftovers.ts'

/** Images of this digest that nobody has proved are of builds that are over: the lock is ours. */
export const tidyDigest = async (
  sdk: SdkConfig,
  digest: string,
  { takenOver }: Claim,
  story: Story,
): Promise<void> => {
  if (takenOver !== undefined) {
    story.say(`build ${takenOver.build} of ${takenOver.owner} was cut off; removing what it left`)
    await removeMachinesOf(sdk, takenOver.build)
  }
  for (const { imageId, verified } of await listByDigest(sdk, digest))
    if (!verified) await removeImage(sdk, imageId)
}
