import { UserError } from '../config/user-error.ts'
import type { OurImage } from './our-image.ts'

/** One alias as it was read. */
export interface AliasValue {
  readonly imageId: string
  /** Of the parameter; counts up with every change, by whomever. */
  readonly version: number
  /** ISO 8601 */
  readonly changedAt: string | undefined
}

export type AliasName = 'current' | 'previous'

/** Both aliases of one environment, read in one call. */
export interface Aliases {
  readonly environment: string
  readonly current: AliasValue | undefined
  readonly previous: AliasValue | undefined
}

export interface AliasWrite {
  readonly alias: AliasName
  readonly imageId: string
}

/**
 * What to write so that `current` is the image and `previous` what it was before; nothing when it is so already.
 * In an order in which no image is forgotten when only the first write comes through.
 */
export const decideMove = ({ current, previous }: Aliases, to: string): readonly AliasWrite[] => {
  if (current?.imageId === to) return []
  const forward: AliasWrite = { alias: 'current', imageId: to }
  if (current === undefined) return [forward]
  const keep: AliasWrite = { alias: 'previous', imageId: current.imageId }
  return previous?.imageId === to ? [forward, keep] : [keep, forward]
}

const same = (a: AliasValue | undefined, b: AliasValue | undefined): boolean =>
  a?.imageId === b?.imageId && a?.version === b?.version

/** What somebody else did between two readings, in words; undefined: nothing. */
export const describeChange = (before: Aliases, now: Aliases): string | undefined => {
  const alias = (['current', 'previous'] as const).find((name) => !same(before[name], now[name]))
  if (alias === undefined) return undefined
  const [was, is] = [before[alias]?.imageId ?? 'nothing', now[alias]?.imageId ?? 'nothing']
  const when = now[alias]?.changedAt === undefined ? '' : ` at ${now[alias]?.changedAt}`
  return `the alias ${alias} of ${before.environment} was moved by somebody else${when}: it was ${was}, now it is ${is}`
}

/** Sandboxes are Graviton machines, on every target. */
const architecture = 'arm64'

/** @throws UserError that says why sandboxes must not boot from it */
export const checkPromotable = (
  imageId: string,
  image: OurImage | undefined,
  here: { readonly accountId: string; readonly region: string },
): OurImage => {
  const list = { hint: 'npm run image:list' }
  if (image === undefined) throw new UserError(`the image ${imageId} does not exist in ${here.region}`, list)
  if (image.ownerId !== here.accountId)
    throw new UserError(`the image ${imageId} belongs to the account ${image.ownerId}, not to yours`, list)
  if (image.digest === '')
    throw new UserError(`the image ${imageId} (${image.name}) was not made by image:build`, list)
  if (image.architecture !== architecture)
    throw new UserError(
      `the image ${imageId} is for ${image.architecture}, sandboxes are ${architecture}`,
      list,
    )
  if (image.state !== 'available')
    throw new UserError(`the image ${imageId} is ${image.state}, not available`, list)
  if (!image.verified)
    throw new UserError(`the image ${imageId} is not verified: its build did not come to its end`, {
      hint: 'npm run image:build makes one that is',
    })
  return image
}

/** Where a rollback goes. @throws UserError when there is no way back */
export const decideRollback = ({ environment, current, previous }: Aliases): string => {
  const hint = 'npm run image:list, then npm run image:promote -- <ami>'
  if (current === undefined)
    throw new UserError(`${environment} has no current image, so nothing to roll back from`, { hint })
  if (previous === undefined)
    throw new UserError(`${environment} has no previous image: current was never moved`, { hint })
  if (previous.imageId === current.imageId)
    throw new UserError(`previous of ${environment} is ${current.imageId} as well, so there is no way back`, {
      hint,
    })
  return previous.imageId
}
