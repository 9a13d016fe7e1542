import type { Settings } from '../config/settings.ts'
import type { ImageValues } from '../userdata/payload.ts'
import type { ImageLock } from './lock.ts'

/** What is wanted, in names; the lock says what that is exactly. Part of the digest. */
export interface ImageRecipe {
  /** Names of packages beside those of Amazon Linux's own image. */
  readonly packages: readonly string[]
  readonly kernel: string
  readonly swapMiB: number
  /** Smallest root volume of a machine from it, GiB. */
  readonly rootVolumeGiB: number
}

export const planRecipe = ({ image }: Pick<Settings, 'image'>): ImageRecipe => ({
  packages: [...image.packages].sort(),
  kernel: image.kernel,
  swapMiB: image.swapMiB,
  rootVolumeGiB: image.rootVolumeGiB,
})

/** Everything a file or a script on the image may say. */
export const planValues = (lock: ImageLock, recipe: ImageRecipe, digest: string): ImageValues => ({
  releasever: lock.releasever,
  packages: lock.packages,
  kiroCli: {
    version: lock.kiroCli.version,
    sha256: lock.kiroCli.sha256,
    targetTriple: lock.kiroCli.targetTriple,
  },
  awsCli: { version: lock.awsCli.version, sha256: lock.awsCli.sha256 },
  swapMiB: recipe.swapMiB,
  architecture: lock.architecture,
  digest,
})
