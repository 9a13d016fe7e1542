import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import { parseLock } from '../../images/lock.ts'
import { planBuildId } from '../../images/plan-build.ts'
import type { VerifyReport } from '../../images/verification.ts'
import { findBuilt } from './amis.ts'
import type { ImageContext } from './open.ts'
import { requireNetwork } from './preflight.ts'
import { proveImage } from './prove.ts'
import { requireCurrent } from './require-current.ts'
import { withUndo } from './undo.ts'

const recordSchema = z.object({ payload: z.string(), rootVolumeGiB: z.number() })

export interface Verified {
  readonly imageId: string
  readonly digest: string
  readonly report: VerifyReport
}

/** What the build of a digest noted about it. */
const requireRecords = async ({ images }: ImageContext, digest: string, imageId: string) => {
  const keys = ['verification.json', 'lock.json'].map((file) => names.imageRecordKey(digest, file))
  const [record, lock] = await Promise.all(keys.map((key) => images.read(key)))
  if (record === undefined || lock === undefined)
    throw new UserError(`the records of ${imageId} are not in ${images.bucket}`, {
      hint: 'npm run image:build -- --rebuild makes it anew',
    })
  const { payload, rootVolumeGiB } = recordSchema.parse(JSON.parse(record.text))
  return { payload, rootVolumeGiB, lock: parseLock(lock.text, keys[1] ?? '') }
}

/** Boots a fresh machine from an image and runs its checks again; changes nothing about the image. */
export const verifyImage = async (
  context: ImageContext,
  wanted: string | undefined,
  keepOnError: boolean,
): Promise<Verified> => {
  const { io, settings, target } = context
  const imageId = wanted ?? (await requireCurrent(target, settings.environment))
  const image = await findBuilt(target.sdk, imageId)
  const records = await requireRecords(context, image.digest, imageId)
  const network = await requireNetwork(context)
  const run = {
    build: planBuildId(new Date(), randomBytes(3).toString('hex')),
    deadline: new Date(Date.now() + settings.image.deadlineMinutes * 60_000),
  }
  const report = await withUndo(io.story, keepOnError, (undo) =>
    proveImage(context, { image, digest: image.digest, network, ...records }, run, undo),
  )
  return { imageId, digest: image.digest, report }
}
