import { exitCode, UserError } from '../../config/user-error.ts'
import { type LockReview, reviewLock } from '../../images/lock-review.ts'
import { type ImagePlan, planFiles, planImage, type Sources } from '../../images/plan-build.ts'
import { planRecipe } from '../../images/recipe.ts'
import type { Context } from '../sandbox/context.ts'
import type { ImageGround } from './ground.ts'
import { ImageStore } from './image-store.ts'
import { chooseLock, type LoadedLock } from './load-lock.ts'
import { readSources } from './sources.ts'

/** What every image command works with, opened once. */
export interface ImageContext extends Context {
  readonly ground: ImageGround
  readonly sources: Sources
  readonly images: ImageStore
}

/** Switches machines on where they can be; an image is made of one. */
export const openImages = async (context: Context): Promise<ImageContext> => {
  const machines = await context.target.prepareMachines(context.io.story)
  if (!machines.real)
    throw new UserError(`there are no machines here to make an image of: ${machines.sentence ?? ''}`, {
      hint: 'npm run doctor',
    })
  const [ground, sources] = await Promise.all([context.target.openImageGround(), readSources(context.paths)])
  return { ...context, ground, sources, images: new ImageStore(context.target) }
}

export const review = (context: ImageContext, { lock }: LoadedLock): LockReview =>
  reviewLock(lock, {
    recipe: planRecipe(context.settings),
    files: planFiles(context.sources, lock, context.settings),
    region: context.target.region,
    kiroCli: context.settings.image.kiroCli,
    awsCli: context.settings.image.awsCli,
  })

const update = 'npm run image:lock -- --update'

/** The lock that builds here and now. @throws UserError that says which command makes one, or mends it */
export const requireLock = async (context: ImageContext): Promise<LoadedLock> => {
  const { chosen, misfits } = await chooseLock(context.paths, context.ground)
  if (chosen === undefined)
    throw new UserError(
      misfits.length === 0
        ? `there is no lock for images of this target: ${context.ground.lockFile}`
        : `no lock fits this target: ${misfits.join('; ')}`,
      { hint: update },
    )
  const { stale, files } = review(context, chosen)
  if (stale.length > 0)
    throw new UserError(`${chosen.file} does not fit the settings: ${stale.join('; ')}`, {
      hint: update,
      exitCode: exitCode.failed,
    })
  if (files.length > 0)
    throw new UserError(`${chosen.file} is of other files: ${files.join('; ')}`, {
      hint: 'npm run image:lock -- --files takes them over',
      exitCode: exitCode.failed,
    })
  return chosen
}

export const planFrom = (context: ImageContext, { lock }: LoadedLock): ImagePlan =>
  planImage(context.sources, lock, context.settings)
