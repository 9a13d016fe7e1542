import type { BuildLock } from '../../images/build-lock.ts'
import { type ImageManifest, parseManifest } from '../../images/manifest.ts'
import type { OurImage } from '../../images/our-image.ts'
import type { ImagePlan } from '../../images/plan-build.ts'
import { manifestFile, provisionSteps, sealSteps } from '../../userdata/steps.ts'
import { awsCall } from '../aws/call.ts'
import { waitForState } from '../aws/instances.ts'
import { createImage, removeImage, requireTokens, waitAvailable } from './amis.ts'
import { launchMachine, rehearseLaunch, terminate } from './launch.ts'
import type { ImageContext } from './open.ts'
import type { LaunchRequest } from './plan-launch.ts'
import type { Ready } from './preflight.ts'
import { readImageScript } from './sources.ts'
import type { Undo } from './undo.ts'
import { waitOnline } from './wait-online.ts'
import { Workshop } from './workshop.ts'

/** What a build is called and when it must be over. */
export interface BuildRun {
  readonly build: string
  readonly deadline: Date
  /** What a dead build of the same digest left to tidy. */
  readonly takenOver: BuildLock | undefined
  /** Of the AMI to be. */
  readonly name: string
}

export interface Baked {
  readonly image: OurImage
  readonly manifest: ImageManifest
  readonly manifestText: string
}

const stopSeconds = 300

export const planRequest = async (
  context: ImageContext,
  ready: Pick<Ready, 'network'>,
  run: Pick<BuildRun, 'build' | 'deadline'>,
  what: Pick<LaunchRequest, 'imageId' | 'rootDevice' | 'purpose' | 'digest' | 'rootVolumeGiB'>,
): Promise<LaunchRequest> => ({
  ...what,
  sdk: context.target.sdk,
  settings: context.settings,
  network: ready.network,
  build: run.build,
  deadline: run.deadline,
  userData: await readImageScript(context.paths, 'builder-user-data.sh'),
})

/** Launches a machine of a build and waits until it takes commands. Its end is in `undo`. */
export const openWorkshop = async (
  context: ImageContext,
  request: LaunchRequest,
  undo: Undo,
): Promise<Workshop> => {
  const { story, signal } = context.io
  const instanceId = await story.step(`Launch a ${request.purpose} from ${request.imageId}`, () =>
    launchMachine(request, story, undo),
  )
  await story.step(`Boot ${instanceId}`, (note) =>
    waitOnline(context.target.sdk, instanceId, {
      seconds: context.settings.image.agentSeconds,
      signal,
      note,
    }),
  )
  return new Workshop(context, instanceId)
}

const provision = async (context: ImageContext, workshop: Workshop, ready: Ready): Promise<string> => {
  const { story } = context.io
  await story.step('Fetch the payload', () => workshop.fetch(ready.cargo))
  for (const step of provisionSteps)
    await story.step(`${step.name}: ${step.about}`, (note) => workshop.run(step, note))
  const manifest = await workshop.readFile(manifestFile)
  for (const step of sealSteps)
    await story.step(`${step.name}: ${step.about}`, (note) => workshop.run(step, note))
  return manifest
}

/** Stopped, so that the disk is at rest when it is captured. */
const stop = async (context: ImageContext, instanceId: string): Promise<void> => {
  const { EC2Client, StopInstancesCommand } = await import('../aws/sdk/ec2.ts')
  const { sdk } = context.target
  await awsCall(`stop ${instanceId}`, () =>
    new EC2Client(sdk).send(new StopInstancesCommand({ InstanceIds: [instanceId] })),
  )
  await waitForState(sdk, instanceId, 'stopped', stopSeconds, context.io.signal)
}

const capture = async (
  context: ImageContext,
  plan: ImagePlan,
  run: BuildRun,
  instanceId: string,
  undo: Undo,
): Promise<{ image: OurImage; keep: () => void }> => {
  const { sdk } = context.target
  const imageId = await createImage(sdk, {
    instanceId,
    name: run.name,
    digest: plan.digest,
    build: run.build,
    description:
      context.ground.standIn ??
      `Amazon Linux ${plan.lock.releasever} with Kiro CLI ${plan.lock.kiroCli.version}`,
  })
  const keep = undo.add(`the unverified image ${imageId}`, () => removeImage(sdk, imageId))
  const image = await waitAvailable(sdk, imageId, context.io.signal)
  await requireTokens(sdk, imageId)
  return { image, keep }
}

/** From the base image to an AMI that nobody has tried yet. @returns `keep`: called when it may stay */
export const bakeImage = async (
  context: ImageContext,
  plan: ImagePlan,
  ready: Ready,
  run: BuildRun,
  undo: Undo,
): Promise<Baked & { keep: () => void }> => {
  const { story } = context.io
  const request = await planRequest(context, ready, run, {
    imageId: ready.base.id,
    rootDevice: ready.base.rootDevice,
    rootVolumeGiB: plan.recipe.rootVolumeGiB,
    purpose: 'builder',
    digest: plan.digest,
  })
  await rehearseLaunch(request)
  const workshop = await openWorkshop(context, request, undo)
  const { instanceId } = workshop.remote
  const manifestText = await provision(context, workshop, ready)
  const manifest = parseManifest(manifestText, `${manifestFile} of the builder ${instanceId}`)
  await story.step(`Stop ${instanceId}`, () => stop(context, instanceId))
  const { image, keep } = await story.step(`Capture ${run.name}`, (note) => {
    note('AWS copies the disk into a snapshot')
    return capture(context, plan, run, instanceId, undo)
  })
  await terminate(context.target.sdk, instanceId)
  return { image, manifest, manifestText, keep }
}
