import { renderDuration } from '../../config/duration.ts'
import { type Finding, fine, note, wrong } from '../../config/finding.ts'
import type { Aliases } from '../../images/alias.ts'
import { ageOf, type OurImage } from '../../images/our-image.ts'
import { readAliases } from '../image/alias.ts'
import { findImage } from '../image/inventory.ts'
import type { Ground } from './ground.ts'

export interface ImageFacts {
  readonly aliases: Aliases
  /** What the aliases name; undefined: gone, or there is no such alias. */
  readonly current: OurImage | undefined
  readonly previous: OurImage | undefined
}

/** Amazon Linux 2023 has a release with security fixes about every two weeks. */
const oldAfter = 90 * 24 * 3600_000

const decideCurrent = (id: string, image: OurImage | undefined, now: Date): Finding[] => {
  const what = 'image'
  if (image === undefined)
    return [
      wrong(
        what,
        `current names ${id}, which is gone: no new sandbox can start`,
        'npm run image:rollback, or npm run image:build -- --publish',
      ),
    ]
  if (image.architecture !== 'arm64')
    return [wrong(what, `current names ${id}, which is for ${image.architecture}`, 'npm run image:rollback')]
  if (image.state !== 'available')
    return [wrong(what, `current names ${id}, which is ${image.state}`, 'npm run image:rollback')]
  const age = ageOf(image, now)
  const findings = [
    ...(image.deprecatedAt !== undefined && Date.parse(image.deprecatedAt) <= now.getTime()
      ? [wrong(what, `${id} is deprecated since ${image.deprecatedAt}`, 'npm run image:build')]
      : []),
    ...(image.digest !== '' && !image.verified
      ? [wrong(what, `${id} was never verified`, `npm run image:verify -- ${id}`)]
      : []),
    ...(age > oldAfter
      ? [
          note(
            what,
            `${id} is ${renderDuration(age)} old, and so are its packages`,
            'npm run image:lock -- --update && npm run image:build',
          ),
        ]
      : []),
  ]
  return findings.length > 0 ? findings : [fine(what, `${id}, ${renderDuration(age)} old`)]
}

export const decideImage = ({ aliases, current, previous }: ImageFacts, now: Date): Finding[] => {
  if (aliases.current === undefined)
    return [note('image', 'there is no golden image yet', 'npm run image:build')]
  const before = aliases.previous
  return [
    ...decideCurrent(aliases.current.imageId, current, now),
    ...(before !== undefined && previous === undefined
      ? [note('image', `previous names ${before.imageId}, which is gone: there is no way to roll back to it`)]
      : []),
  ]
}

export const findImageFacts = async ({ context }: Ground): Promise<ImageFacts> => {
  const { sdk } = context.target
  const aliases = await readAliases(sdk, context.settings.environment)
  const find = async (id: string | undefined) => (id === undefined ? undefined : findImage(sdk, id))
  const [current, previous] = await Promise.all([
    find(aliases.current?.imageId),
    find(aliases.previous?.imageId),
  ])
  return { aliases, current, previous }
}
