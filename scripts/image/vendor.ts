import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import { planBaseTags } from '../../images/image-tags.ts'
import type { ImageLock } from '../../images/lock.ts'
import type { OurImage } from '../../images/our-image.ts'
import type { Context } from '../sandbox/context.ts'
import { removeImage, waitAvailable } from './amis.ts'
import { type LockedBase, listBaseCopies, requireLockedBase, requireOriginal } from './base-image.ts'
import { startCopy } from './copy-image.ts'
import { withUndo } from './undo.ts'

export interface Vendored {
  readonly imageId: string
  /** What it is a copy of, as the lock names it. */
  readonly base: LockedBase
  readonly region: string
  /** By this call; false when it was there. */
  readonly copied: boolean
}

/** A copy that failed keeps its name, so it has to go before the next one. */
const listUsable = async ({ target }: Context, base: LockedBase): Promise<OurImage[]> => {
  const copies = await listBaseCopies(target.sdk, base.id)
  for (const { imageId, state } of copies) if (state === 'failed') await removeImage(target.sdk, imageId)
  return copies.filter(({ state }) => state !== 'failed')
}

const copyBase = async (context: Context, base: LockedBase): Promise<OurImage> => {
  const { target, io } = context
  await requireOriginal(target.sdk, base)
  return withUndo(io.story, false, async (undo) => {
    const imageId = await startCopy(target.sdk, {
      from: { region: target.region, imageId: base.id },
      name: names.baseCopy(base.id),
      description: `Copy of ${base.id} (${base.name}) of ${base.owner}`,
      tags: planBaseTags(base),
      // Public bytes; an account that wants every disk encrypted says so to EBS.
      encrypted: false,
    })
    if (imageId === undefined) return waitForCopy(context, base)
    const keep = undo.add(`the copy ${imageId}`, () => removeImage(target.sdk, imageId))
    const image = await waitAvailable(target.sdk, imageId, io.signal)
    keep()
    return image
  })
}

/** Begun by somebody else, or by a run of ours that was cut off: AWS goes on with it. */
const waitForCopy = async (context: Context, base: LockedBase): Promise<OurImage> => {
  const [copy] = await listBaseCopies(context.target.sdk, base.id)
  if (copy !== undefined) return waitAvailable(context.target.sdk, copy.imageId, context.io.signal)
  throw new UserError(
    `an image called ${names.baseCopy(base.id)} is there, and it is no copy of ${base.id}`,
    {
      hint: 'aws ec2 describe-images --owners self --filters Name=name,Values=kiro-sandbox-base-*',
    },
  )
}

/** A private copy of the base image of a lock: AWS deletes old ones, and then the lock could not be built. */
export const vendorBase = async (context: Context, lock: ImageLock): Promise<Vendored> => {
  const { target, io } = context
  const base = requireLockedBase(lock, target.region)
  const copies = await listUsable(context, base)
  const there = copies.find(({ state }) => state === 'available')
  if (there !== undefined) return { imageId: there.imageId, base, region: target.region, copied: false }
  const copy = await io.story.step(`Copy ${base.id} into the account ${target.accountId}`, (note) => {
    note('AWS copies its snapshot')
    return copies.length > 0 ? waitForCopy(context, base) : copyBase(context, base)
  })
  return { imageId: copy.imageId, base, region: target.region, copied: true }
}
