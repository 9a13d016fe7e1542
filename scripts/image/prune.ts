import { decidePrune, listForgotten, type PruneRow } from '../../images/prune.ts'
import { awsCall } from '../aws/call.ts'
import type { Context } from '../sandbox/context.ts'
import { listAliases } from './alias.ts'
import { removeImage } from './amis.ts'
import { listBuildLocks, listRunning } from './build-locks.ts'
import { ImageStore } from './image-store.ts'
import { listOurImages, listUses } from './inventory.ts'
import { listObjects } from './list-objects.ts'

export interface PruneWish {
  readonly keep: number
  /** Milliseconds. */
  readonly grace: number
}

export const surveyPrune = async ({ target }: Context, wish: PruneWish): Promise<PruneRow[]> => {
  const [images, aliases, uses, locks] = await Promise.all([
    listOurImages(target.sdk),
    listAliases(target.sdk),
    listUses(target.sdk),
    listBuildLocks(target, new ImageStore(target)),
  ])
  return decidePrune({ images, aliases, uses, running: listRunning(locks), ...wish, now: new Date() })
}

/** EC2 takes no moment that is over by the time it looks, and counts in minutes. */
const soon = 60_000

const deprecate = async ({ target }: Context, imageId: string): Promise<void> => {
  const { EC2Client, EnableImageDeprecationCommand } = await import('../aws/sdk/ec2.ts')
  const DeprecateAt = new Date(Date.now() + soon)
  await awsCall(`deprecate ${imageId}`, () =>
    new EC2Client(target.sdk).send(new EnableImageDeprecationCommand({ ImageId: imageId, DeprecateAt })),
  )
}

const removeRecords = async ({ target }: Context, digest: string): Promise<void> => {
  const store = new ImageStore(target)
  for (const { key } of await listObjects(target, `images/${digest}/`)) await store.remove(key)
}

export interface Pruned {
  readonly deprecated: readonly string[]
  readonly deleted: readonly string[]
}

/**
 * Does what was planned. Since somebody was asked, an image may have been promoted or booted from: only what is
 * still to go by a second look goes.
 */
export const prune = async (
  context: Context,
  wish: PruneWish,
  asked: readonly PruneRow[],
): Promise<Pruned> => {
  const rows = await surveyPrune(context, wish)
  const wanted = (action: PruneRow['action']) =>
    rows
      .filter((row) => row.action === action)
      .map(({ image }) => image.imageId)
      .filter((imageId) => asked.some((row) => row.action === action && row.image.imageId === imageId))
  const [deprecated, deleted] = [wanted('deprecate'), wanted('delete')]
  for (const imageId of deprecated)
    await context.io.story.step(`Deprecate ${imageId}`, () => deprecate(context, imageId))
  for (const imageId of deleted)
    await context.io.story.step(`Remove ${imageId} and its snapshots`, () =>
      removeImage(context.target.sdk, imageId),
    )
  const images = rows.map(({ image }) => image)
  for (const digest of listForgotten(images, new Set(deleted))) await removeRecords(context, digest)
  return { deprecated, deleted }
}
