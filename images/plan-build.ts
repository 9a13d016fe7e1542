import { names } from '../config/names.ts'
import type { Settings } from '../config/settings.ts'
import type { PayloadFile } from '../userdata/payload.ts'
import { renderPayload, type Sources } from '../userdata/render-payload.ts'
import { blankDigest, digestFiles, digestImage } from './digest.ts'
import type { ImageLock } from './lock.ts'
import { type ImageRecipe, planRecipe, planValues } from './recipe.ts'

/** One image, decided: nothing that follows asks settings, lock or sources again. */
export interface ImagePlan {
  readonly digest: string
  readonly name: string
  readonly lock: ImageLock
  readonly recipe: ImageRecipe
  /** Everything that is carried to the builder, rendered with the digest. */
  readonly payload: readonly PayloadFile[]
}

export type { Sources }

/** sha256 of the files that a lock has or should have. Does not depend on the lock's own `files`. */
export const planFiles = (sources: Sources, lock: ImageLock, settings: Settings): Record<string, string> =>
  digestFiles(renderPayload(sources, planValues(lock, planRecipe(settings), blankDigest)))

export const planImage = (sources: Sources, lock: ImageLock, settings: Settings): ImagePlan => {
  const recipe = planRecipe(settings)
  const blank = renderPayload(sources, planValues(lock, recipe, blankDigest))
  const digest = digestImage({ recipe, lock, payload: blank })
  return {
    digest,
    name: names.image(digest),
    lock,
    recipe,
    payload: renderPayload(sources, planValues(lock, recipe, digest)),
  }
}

/** What one build is called: sorts by time, and tells two of one second apart. */
export const planBuildId = (now: Date, chance: string): string =>
  `${now.toISOString().replace(/\D/g, '').slice(0, 14)}-${chance}`
