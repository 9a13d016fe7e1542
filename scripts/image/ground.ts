import type { ImageLock } from '../../images/lock.ts'

export type LockedArchive = ImageLock['awsCli']
export type LockedKiro = ImageLock['kiroCli']

/** What image:lock found, before it is downloaded: a sum that the vendor names is held against what comes. */
export type Offer<T> = Omit<T, 'sha256'> & { readonly sha256: string | undefined }

/** What a target builds images from. Made in scripts/target.ts, which alone knows targets. */
export interface ImageGround {
  readonly architecture: 'arm64' | 'x86_64'
  /** The committed lock of this kind of target, below the checkout. */
  readonly lockFile: string
  /**
   * A lock that holds on this computer only, because what a stand-in is made of is not the same everywhere; below
   * the state folder. undefined: the committed one is good for all.
   */
  readonly ownLockFile: string | undefined
  /** Why a lock cannot be built here, as far as that can be known without a machine. */
  misfit(lock: ImageLock): string | undefined
  /** Where the archive behind a URL of a lock is fetched from. */
  addressOf(url: string): string
  /** @param version undefined: the newest */
  offerKiroCli(version: string | undefined, signal: AbortSignal): Promise<Offer<LockedKiro>>
  offerAwsCli(version: string | undefined, signal: AbortSignal): Promise<Offer<LockedArchive>>
  /** For people and the SBOM, where the images are not Amazon Linux itself. */
  readonly standIn: string | undefined
}
