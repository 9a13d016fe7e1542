import { randomBytes } from 'node:crypto'
import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import { checkPromotable } from '../../images/alias.ts'
import { planCopyRecord } from '../../images/copy-record.ts'
import { planImageTags } from '../../images/image-tags.ts'
import type { OurImage } from '../../images/our-image.ts'
import { planBuildId } from '../../images/plan-build.ts'
import { ensureStateBucket } from '../aws/bootstrap.ts'
import type { Context } from '../sandbox/context.ts'
import { inRegion, type Target } from '../target.ts'
import {
  listByDigest,
  markVerified,
  planImageName,
  removeImage,
  requireTokens,
  waitAvailable,
} from './amis.ts'
import { claimBuild } from './claim-build.ts'
import { startCopy } from './copy-image.ts'
import { ImageStore } from './image-store.ts'
import { findImage } from './inventory.ts'
import { requireCurrent } from './require-current.ts'
import { tidyDigest } from './tidy.ts'
import { withUndo } from './undo.ts'

/** Beside verification.json, which is told anew. */
const records = ['manifest.json', 'lock.json', 'sbom.cdx.json']

export interface Copied {
  readonly imageId: string
  readonly digest: string
  readonly region: string
  readonly from: { readonly region: string; readonly imageId: string }
  /** By this call; false when it was there. */
  readonly copied: boolean
}

/** What goes where. */
interface Trip {
  readonly image: OurImage
  readonly from: Copied['from']
  readonly there: Target
  readonly here: ImageStore
  readonly store: ImageStore
}

const findVerified = async ({ there, image }: Trip): Promise<OurImage | undefined> =>
  (await listByDigest(there.sdk, image.digest)).find(
    ({ verified, state }) => verified && state === 'available',
  )

const requireVerification = async ({ here, image }: Trip): Promise<string> => {
  const found = await here.read(names.imageRecordKey(image.digest, 'verification.json'))
  if (found !== undefined) return found.text
  throw new UserError(`the records of ${image.imageId} are not in ${here.bucket}`, {
    hint: 'npm run image:build -- --rebuild makes it anew',
  })
}

/** Records and what image:verify needs there. Before the image counts as verified: it is nothing without them. */
const carryRecords = async (trip: Trip, imageId: string, verification: string): Promise<void> => {
  const { here, store, from, image } = trip
  const key = names.imageRecordKey(image.digest, 'verification.json')
  const record = planCopyRecord(verification, key, { from, imageId })
  const keys = [
    ...records.map((file) => names.imageRecordKey(image.digest, file)),
    names.artifactKey(record.payload),
  ]
  for (const one of keys)
    if (!(await store.takeOver(here, one)))
      throw new UserError(`${one} of ${image.imageId} is not in ${here.bucket}`, {
        hint: 'npm run image:build -- --rebuild makes it anew',
      })
  await store.write(key, record.text)
}

/** @returns undefined when somebody else was making it there and has ended */
const tryCopy = async (
  { io, settings }: Context,
  trip: Trip,
  verification: string,
): Promise<string | undefined> => {
  const { image, from, there, store } = trip
  const { digest } = image
  const build = planBuildId(new Date(), randomBytes(3).toString('hex'))
  const deadline = new Date(Date.now() + settings.image.deadlineMinutes * 60_000)
  const { story, signal } = io
  return withUndo(story, false, async (undo) => {
    const claim = await claimBuild({ store, digest, build, deadline, story, signal })
    if (claim === undefined) return undefined
    undo.add('the lock of this copy', () => claim.release())
    await tidyDigest(there.sdk, digest, claim, story)
    const name = planImageName(digest, build, (await listByDigest(there.sdk, digest)).length > 0)
    const imageId = await startCopy(there.sdk, {
      ...{ from, name, tags: planImageTags({ name, digest, build }), encrypted: true },
      description: `Copy of ${from.imageId} in ${from.region}`,
    })
    if (imageId === undefined)
      throw new UserError(`${there.region} has another image called ${name}`, {
        hint: 'rename or remove that one',
      })
    const keep = undo.add(`the unfinished copy ${imageId}`, () => removeImage(there.sdk, imageId))
    const copy = await waitAvailable(there.sdk, imageId, signal)
    await requireTokens(there.sdk, imageId)
    await carryRecords(trip, imageId, verification)
    await markVerified(there.sdk, copy)
    keep()
    return imageId
  })
}

/** A verified image, with its records, in another region of the account. One of the digest that is there is kept. */
export const copyGolden = async (
  context: Context,
  wanted: string | undefined,
  region: string,
): Promise<Copied> => {
  const { target, io, settings } = context
  const imageId = wanted ?? (await requireCurrent(target, settings.environment))
  const image = checkPromotable(imageId, await findImage(target.sdk, imageId), target)
  const there = inRegion(target, region)
  const from = { region: target.region, imageId }
  const trip: Trip = { image, from, there, here: new ImageStore(target), store: new ImageStore(there) }
  const finish = (id: string, copied: boolean) => ({
    imageId: id,
    digest: image.digest,
    region,
    from,
    copied,
  })
  for (;;) {
    const found = await findVerified(trip)
    if (found !== undefined) return finish(found.imageId, false)
    const verification = await requireVerification(trip)
    await ensureStateBucket({ ...context, target: there })
    const made = await io.story.step(`Copy ${imageId} to ${region}`, (note) => {
      note('AWS copies its snapshot')
      return tryCopy(context, trip, verification)
    })
    if (made !== undefined) return finish(made, true)
  }
}
