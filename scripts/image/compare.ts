import { UserError } from '../../config/user-error.ts'
import { chooseDigest } from '../../images/choose-image.ts'
import { diffImages, type ImageDiff } from '../../images/diff.ts'
import type { ImageManifest } from '../../images/manifest.ts'
import type { Context } from '../sandbox/context.ts'
import { readAliases } from './alias.ts'
import { ImageStore } from './image-store.ts'
import { listOurImages } from './inventory.ts'
import { findRecord } from './list.ts'

const requireRecord = async (store: ImageStore, digest: string): Promise<ImageManifest> => {
  const record = await findRecord(store, digest)
  if (record === undefined)
    throw new UserError(`the state bucket has no record of the image ${digest.slice(0, 12)}`, {
      hint: 'npm run image:build -- --rebuild writes one for the lock of this checkout',
    })
  return record
}

/** What two images differ in, from their records; no machine is started. */
export const compareImages = async (
  { target, settings }: Context,
  first: string,
  second: string,
): Promise<{ readonly a: string; readonly b: string; readonly diff: ImageDiff }> => {
  const [images, aliases] = await Promise.all([
    listOurImages(target.sdk),
    readAliases(target.sdk, settings.environment),
  ])
  const [a, b] = [chooseDigest(first, images, aliases), chooseDigest(second, images, aliases)]
  const store = new ImageStore(target)
  const [before, after] = await Promise.all([requireRecord(store, a), requireRecord(store, b)])
  return { a, b, diff: diffImages(before, after) }
}
