import { UserError } from '../../config/user-error.ts'
import type { ImageLock } from '../../images/lock.ts'
import { checkManifest, parseManifest } from '../../images/manifest.ts'
import type { OurImage } from '../../images/our-image.ts'
import { type Check, parseReport, type VerifyReport } from '../../images/verification.ts'
import { manifestFile, verifyScript } from '../../userdata/steps.ts'
import { lastLines } from '../aws/remote.ts'
import { type BuildRun, openWorkshop, planRequest } from './bake.ts'
import { terminate } from './launch.ts'
import type { ImageContext } from './open.ts'
import type { Ready } from './preflight.ts'
import type { Undo } from './undo.ts'
import type { Workshop } from './workshop.ts'

export interface Proof {
  readonly image: OurImage
  readonly digest: string
  readonly lock: ImageLock
  readonly rootVolumeGiB: number
  readonly network: Ready['network']
  /** sha256 of the payload the image was made with; the checks are in it. */
  readonly payload: string
}

const verifySeconds = 600
/** In memory, and not where the build had it: that this one is gone is one of the checks. */
const checksFolder = '/run/kiro-sandbox-verify'

/** A disk that can be read by whoever copies the snapshot is no golden image. */
const checkDisks = ({ encrypted, snapshotIds }: OurImage): Check => ({
  name: 'disk is encrypted',
  ok: encrypted,
  detail: snapshotIds.join(', '),
})

const runVerify = async (workshop: Workshop): Promise<VerifyReport> => {
  const result = await workshop.remote.run({
    text: `cd '${checksFolder}' && bash '${verifyScript}'`,
    seconds: verifySeconds,
    about: 'verify the image',
  })
  if (!result.ok)
    throw new UserError(
      `the verification could not run on ${workshop.remote.instanceId} (${result.status}): ${lastLines(result.stderr || result.stdout, 5)}`,
      { hint: 'npm run image:verify -- --keep-on-error leaves the machine for a look' },
    )
  return parseReport(result.stdout)
}

/** Boots a machine that has seen nothing of the build, and lets it say what it is. */
export const proveImage = async (
  context: ImageContext,
  proof: Proof,
  run: Pick<BuildRun, 'build' | 'deadline'>,
  undo: Undo,
): Promise<VerifyReport> => {
  const { story } = context.io
  const request = await planRequest(context, proof, run, {
    imageId: proof.image.imageId,
    rootDevice: proof.image.rootDevice,
    rootVolumeGiB: proof.rootVolumeGiB,
    purpose: 'verifier',
    digest: proof.digest,
  })
  const workshop = await openWorkshop(context, request, undo)
  const report = await story.step(`Verify ${proof.image.imageId}`, async (note) => {
    note('checks on the machine')
    await workshop.fetch({ payload: proof.payload }, checksFolder)
    const found = await runVerify(workshop)
    const file = await workshop.readFile(manifestFile)
    const manifest = parseManifest(file, `${manifestFile} of ${proof.image.imageId}`)
    return {
      checks: [
        ...found.checks,
        ...checkManifest(manifest, proof.lock, proof.digest),
        checkDisks(proof.image),
      ],
      notChecked: found.notChecked,
    }
  })
  await terminate(context.target.sdk, workshop.remote.instanceId)
  return report
}
