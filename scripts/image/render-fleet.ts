import { renderDuration } from '../../config/duration.ts'
import { ageOf } from '../../images/our-image.ts'
import type { PruneRow } from '../../images/prune.ts'
import { renderTable } from '../sandbox/render-table.ts'
import type { ListedImage } from './list.ts'

export const renderPrune = (rows: readonly PruneRow[], now: Date): string =>
  rows.length === 0
    ? 'no golden images'
    : renderTable([
        ['IMAGE', 'NAME', 'AGE', 'SIZE', 'ACTION', 'WHY'],
        ...rows.map(({ image, action, why }) => [
          image.imageId,
          image.name,
          renderDuration(ageOf(image, now)),
          `${image.sizeGiB} GiB`,
          action,
          why,
        ]),
      ])

/** A dash where there is nothing to say. */
const orDash = (words: readonly string[]): string => (words.length === 0 ? '-' : words.join(', '))

const stateOf = ({ image }: ListedImage): string => {
  if (image.state !== 'available') return image.state
  const proof = image.verified ? 'verified' : 'unverified'
  return image.deprecatedAt === undefined ? proof : `${proof}, deprecated`
}

export const renderImages = (listed: readonly ListedImage[], now: Date): string =>
  renderTable([
    ['IMAGE', 'NAME', 'DIGEST', 'STATE', 'AGE', 'SIZE', 'ARCH', 'RELEASE', 'KIRO', 'ALIAS', 'SANDBOXES'],
    ...listed.map((one) => [
      one.image.imageId,
      one.image.name,
      one.image.digest.slice(0, 12),
      stateOf(one),
      renderDuration(ageOf(one.image, now)),
      `${one.image.sizeGiB} GiB`,
      one.image.architecture,
      one.releasever ?? '-',
      one.kiroCli ?? '-',
      orDash(one.aliases),
      orDash(one.users),
    ]),
  ])
