import { names } from '../../config/names.ts'
import type { UserName } from '../../config/user-name.ts'
import type { ImageChoice } from '../aws/images.ts'
import type { Context } from '../sandbox/context.ts'
import { buildImage } from './build.ts'
import { chooseLock } from './load-lock.ts'
import { openImages, planFrom } from './open.ts'
import { requireUsableLock } from './usable-lock.ts'

/** Whether somebody among them is new: a sandbox that exists keeps the image it has. */
const isAnyNew = async ({ store }: Context, users: readonly UserName[]): Promise<boolean> => {
  const records = await Promise.all(users.map((user) => store.findRecord(names.sandboxStack(user))))
  return records.some((record) => record === undefined)
}

/**
 * Builds the golden image that new sandboxes are to boot from, and publishes it.
 * @param find the image of the alias
 * @returns undefined when they start from Amazon Linux as AWS ships it
 */
export const ensureGolden = async (
  context: Context,
  users: readonly UserName[],
  find: () => Promise<ImageChoice>,
): Promise<ImageChoice | undefined> => {
  const { io, settings } = context
  if (settings.image.use === 'stock' || !(await isAnyNew(context, users))) return undefined
  const images = await openImages(context)
  const { chosen, misfits } = await chooseLock(images.paths, images.ground)
  if (chosen === undefined && (misfits.length === 0 || images.ground.ownLockFile === undefined)) {
    io.story.warn(
      `no golden image can be built: there is no lock for it (npm run image:lock -- --update makes ${images.ground.lockFile})`,
    )
    return undefined
  }
  io.story.say('There is no golden image yet: building it first, once for all sandboxes')
  const plan = planFrom(images, await requireUsableLock(images))
  await buildImage(images, plan, { rebuild: false, publish: false, keepOnError: false })
  return find()
}
