import { UserError, usageError } from '../config/user-error.ts'
import { printable } from '../config/user-name.ts'
import type { Aliases } from './alias.ts'
import type { OurImage } from './our-image.ts'

const hint = 'npm run image:list'

const ofAlias = (name: 'current' | 'previous', aliases: Aliases): string => {
  const found = aliases[name]?.imageId
  if (found === undefined) throw new UserError(`${aliases.environment} has no ${name} image`, { hint })
  return found
}

/** Digest of what a person names: an AMI id, `current`, `previous`, or the first digits of a digest. */
export const chooseDigest = (word: string, images: readonly OurImage[], aliases: Aliases): string => {
  const imageId = word === 'current' || word === 'previous' ? ofAlias(word, aliases) : word
  if (/^ami-[0-9a-f]+$/.test(imageId)) {
    const image = images.find((one) => one.imageId === imageId)
    if (image === undefined) throw new UserError(`${imageId} is none of the golden images here`, { hint })
    return image.digest
  }
  if (!/^[0-9a-f]{6,64}$/.test(word))
    throw usageError(
      `"${printable(word)}" is no image: neither an AMI id, nor current or previous, nor 6 to 64 hex digits of a digest`,
      hint,
    )
  const digests = [...new Set(images.map(({ digest }) => digest))].filter((one) => one.startsWith(word))
  if (digests.length > 1)
    throw usageError(
      `${word} begins ${digests.length} digests: ${digests.map((one) => one.slice(0, 12)).join(', ')}`,
      'give more digits',
    )
  // The record of an image that is gone may still be there.
  const [digest = word.length === 64 ? word : undefined] = digests
  if (digest === undefined) throw new UserError(`no golden image has a digest that begins ${word}`, { hint })
  return digest
}
