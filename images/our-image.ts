/** An AMI of this account in our words. */
export interface OurImage {
  readonly imageId: string
  readonly name: string
  readonly ownerId: string
  /** 64 hex digits; empty when image:build did not make it. */
  readonly digest: string
  /** A fresh machine booted from it has passed every check. */
  readonly verified: boolean
  /** Which build made it, if it says so. */
  readonly build: string | undefined
  /** available, pending, failed, disabled ... */
  readonly state: string
  readonly architecture: string
  /** ISO 8601 */
  readonly createdAt: string
  /** ISO 8601: from then on AWS calls it out of date. */
  readonly deprecatedAt: string | undefined
  readonly snapshotIds: readonly string[]
  /** Of all its disks, GiB. */
  readonly sizeGiB: number
  readonly encrypted: boolean
  readonly rootDevice: string
}

/** An instance, and what it was launched from. */
export interface ImageUse {
  readonly instanceId: string
  readonly imageId: string
  /** Of a sandbox: whose. */
  readonly user: string | undefined
}

/** One alias of some environment. */
export interface AliasUse {
  readonly environment: string
  readonly alias: 'current' | 'previous'
  readonly imageId: string
}

/** Milliseconds since it was made. */
export const ageOf = ({ createdAt }: Pick<OurImage, 'createdAt'>, now: Date): number =>
  now.getTime() - Date.parse(createdAt)

export const newestFirst = (images: readonly OurImage[]): OurImage[] =>
  [...images].sort((a, b) => b.createdAt.localeCompare(a.createdAt) || a.imageId.localeCompare(b.imageId))

/** `current of default`, one for each alias that names the image. */
export const describeAliases = (imageId: string, aliases: readonly AliasUse[]): string[] =>
  aliases
    .filter((one) => one.imageId === imageId)
    .map(({ alias, environment }) => `${alias} of ${environment}`)

/** Sandboxes by their engineer, other machines by their id. */
export const describeUses = (imageId: string, uses: readonly ImageUse[]): string[] =>
  uses.filter((one) => one.imageId === imageId).map(({ user, instanceId }) => user ?? instanceId)
