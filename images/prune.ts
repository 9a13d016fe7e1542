import { renderDuration } from '../config/duration.ts'
import {
  type AliasUse,
  ageOf,
  describeAliases,
  describeUses,
  type ImageUse,
  newestFirst,
  type OurImage,
} from './our-image.ts'

const day = 24 * 3600_000

/** deprecate: out of date for AWS, still there. wait: deprecated, its grace is not over. delete: with its snapshots. */
export type PruneAction = 'keep' | 'deprecate' | 'wait' | 'delete'

export interface PruneRow {
  readonly image: OurImage
  readonly action: PruneAction
  readonly why: string
}

export interface PruneGround {
  readonly images: readonly OurImage[]
  readonly aliases: readonly AliasUse[]
  readonly uses: readonly ImageUse[]
  /** Builds that somebody alive is at. */
  readonly running: ReadonlySet<string>
  /** So many of the newest verified images stay. */
  readonly keep: number
  /** Milliseconds between deprecation and removal; 0 removes at once. */
  readonly grace: number
  readonly now: Date
}

const decideUnverified = (image: OurImage, { running, now }: PruneGround): PruneRow => {
  if (image.build !== undefined && running.has(image.build))
    return { image, action: 'keep', why: `build ${image.build} is at it` }
  const age = ageOf(image, now)
  return age > day
    ? { image, action: 'delete', why: `never verified, ${renderDuration(age)} old` }
    : { image, action: 'keep', why: 'not verified yet, younger than a day' }
}

const decideSurplus = (image: OurImage, { grace, now, keep }: PruneGround): PruneRow => {
  const why = `not among the newest ${keep}`
  if (grace === 0) return { image, action: 'delete', why }
  if (image.deprecatedAt === undefined) return { image, action: 'deprecate', why }
  const since = now.getTime() - Date.parse(image.deprecatedAt)
  return since >= grace
    ? { image, action: 'delete', why: `deprecated ${renderDuration(since)} ago` }
    : { image, action: 'wait', why: `deprecated, goes in ${renderDuration(grace - Math.max(0, since))}` }
}

/** What becomes of every golden image, newest first. What an alias names or a machine runs from always stays. */
export const decidePrune = (ground: PruneGround): PruneRow[] => {
  const { images, aliases, uses, keep } = ground
  const newest = newestFirst(images.filter(({ verified }) => verified)).slice(0, keep)
  return newestFirst(images).map((image): PruneRow => {
    const named = describeAliases(image.imageId, aliases)
    if (named.length > 0) return { image, action: 'keep', why: named.join(', ') }
    const used = describeUses(image.imageId, uses)
    if (used.length > 0) return { image, action: 'keep', why: `runs ${used.join(', ')}` }
    if (!image.verified) return decideUnverified(image, ground)
    if (newest.includes(image)) return { image, action: 'keep', why: `one of the newest ${keep}` }
    return decideSurplus(image, ground)
  })
}

/** Digests of which no image is left when these are gone; their records go with them. */
export const listForgotten = (images: readonly OurImage[], gone: ReadonlySet<string>): string[] => {
  const left = new Set(images.filter(({ imageId }) => !gone.has(imageId)).map(({ digest }) => digest))
  const lost = images.filter(({ imageId, digest }) => gone.has(imageId) && !left.has(digest))
  return [...new Set(lost.map(({ digest }) => digest))]
}
