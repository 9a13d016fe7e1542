import { names } from '../../config/names.ts'
import { type ImageManifest, parseManifest } from '../../images/manifest.ts'
import { describeAliases, describeUses, newestFirst, type OurImage } from '../../images/our-image.ts'
import type { Context } from '../sandbox/context.ts'
import { listAliases } from './alias.ts'
import { ImageStore } from './image-store.ts'
import { listOurImages, listUses } from './inventory.ts'

export interface ListedImage {
  readonly image: OurImage
  /** From its record in the state bucket; undefined when there is none. */
  readonly releasever: string | undefined
  readonly kiroCli: string | undefined
  readonly aliases: readonly string[]
  /** Engineers whose sandboxes run from it, and ids of other machines. */
  readonly users: readonly string[]
}

/** undefined: no such record. */
export const findRecord = async (store: ImageStore, digest: string): Promise<ImageManifest | undefined> => {
  const key = names.imageRecordKey(digest, 'manifest.json')
  const stored = await store.read(key)
  return stored === undefined ? undefined : parseManifest(stored.text, key)
}

/** Every golden image, newest first. */
export const listImages = async ({ target, io }: Context): Promise<ListedImage[]> => {
  const [images, aliases, uses] = await Promise.all([
    listOurImages(target.sdk),
    listAliases(target.sdk),
    listUses(target.sdk),
  ])
  const store = new ImageStore(target)
  const readable = async (digest: string): Promise<ImageManifest | undefined> => {
    try {
      return await findRecord(store, digest)
    } catch (error) {
      io.story.warn((error as Error).message)
      return undefined
    }
  }
  return Promise.all(
    newestFirst(images).map(async (image) => {
      const record = await readable(image.digest)
      return {
        image,
        releasever: record?.releasever,
        kiroCli: record?.kiroCli,
        aliases: describeAliases(image.imageId, aliases),
        users: describeUses(image.imageId, uses),
      }
    }),
  )
}
