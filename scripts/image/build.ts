import { randomBytes } from 'node:crypto'
import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import type { Aliases } from '../../images/alias.ts'
import { renderLock } from '../../images/lock.ts'
import type { OurImage } from '../../images/our-image.ts'
import { type ImagePlan, planBuildId } from '../../images/plan-build.ts'
import { listFailed, renderReport, type VerifyReport } from '../../images/verification.ts'
import { ensureStateBucket } from '../aws/bootstrap.ts'
import { moveAlias, readAliases } from './alias.ts'
import { listByDigest, markVerified, planImageName } from './amis.ts'
import { type Baked, type BuildRun, bakeImage } from './bake.ts'
import { claimBuild } from './claim-build.ts'
import type { ImageContext } from './open.ts'
import { prepareBuild, type Ready } from './preflight.ts'
import { proveImage } from './prove.ts'
import { tidyDigest } from './tidy.ts'
import { withUndo } from './undo.ts'

export interface BuildOptions {
  /** Build although there is one already. */
  readonly rebuild: boolean
  /** Move the alias also to an image that was there already. */
  readonly publish: boolean
  readonly keepOnError: boolean
}

export interface BuildOutcome {
  readonly imageId: string
  readonly digest: string
  readonly name: string
  readonly built: boolean
  /** The alias names it now. */
  readonly published: boolean
  readonly seconds: number
}

/** The newest image of the digest that has passed; others are leftovers or still under way. */
export const findReusable = async (context: ImageContext, plan: ImagePlan): Promise<OurImage | undefined> =>
  (await listByDigest(context.target.sdk, plan.digest)).find(
    ({ verified, state }) => verified && state === 'available',
  )

/** Only if the alias still is what it was when the work began. */
const publish = async ({ target, images, io }: ImageContext, to: string, read: Aliases): Promise<void> => {
  await moveAlias({ sdk: target.sdk, store: images, read, to, signal: io.signal })
}

/** An image that is there: published when there is no alias at all, or when that is asked for. */
const reuse = async (context: ImageContext, plan: ImagePlan, image: OurImage, options: BuildOptions) => {
  const { target, settings, io } = context
  const seen = await readAliases(target.sdk, settings.environment)
  const current = seen.current?.imageId
  const alias = names.imageAlias(settings.environment)
  const here = current === image.imageId
  io.story.say(`${plan.name} is there already: ${image.imageId}, verified; nothing to build`)
  if (!here && current !== undefined && !options.publish) {
    io.story.say(`${alias} names ${current}; --publish moves it to ${image.imageId}`)
    return { built: false, published: false, imageId: image.imageId }
  }
  if (!here) {
    await publish(context, image.imageId, seen)
    io.story.say(`${alias} names it now`)
  }
  return { built: false, published: true, imageId: image.imageId }
}

/** Image of this plan: the one that is there, or a new one that has been proved and published. */
export const buildImage = async (
  context: ImageContext,
  plan: ImagePlan,
  options: BuildOptions,
): Promise<BuildOutcome> => {
  const started = performance.now()
  const finish = (done: { built: boolean; published: boolean; imageId: string }): BuildOutcome => ({
    ...done,
    digest: plan.digest,
    name: plan.name,
    seconds: Math.round((performance.now() - started) / 100) / 10,
  })
  for (let waited = false; ; waited = true) {
    const there = options.rebuild && !waited ? undefined : await findReusable(context, plan)
    if (there !== undefined) return finish(await reuse(context, plan, there, options))
    const built = await tryBuild(context, plan, options)
    if (built !== undefined) return finish(built)
  }
}

/** @returns undefined when somebody else was building it and has ended */
const tryBuild = async (context: ImageContext, plan: ImagePlan, options: BuildOptions) => {
  const { io, images, settings, target } = context
  await ensureStateBucket(context)
  const build = planBuildId(new Date(), randomBytes(3).toString('hex'))
  const deadline = new Date(Date.now() + settings.image.deadlineMinutes * 60_000)
  return withUndo(io.story, options.keepOnError, async (undo) => {
    const claim = await claimBuild({
      ...{ store: images, digest: plan.digest, build, deadline },
      ...{ story: io.story, signal: io.signal },
    })
    if (claim === undefined) return undefined
    undo.add('the lock of this build', () => claim.release())
    const seen = await readAliases(target.sdk, settings.environment)
    await tidyDigest(target.sdk, plan.digest, claim, io.story)
    const ready = await prepareBuild(context, plan)
    const others = await listByDigest(target.sdk, plan.digest)
    const name = planImageName(plan.digest, build, others.length > 0)
    const run: BuildRun = { build, deadline, takenOver: claim.takenOver, name }
    const baked = await bakeImage(context, plan, ready, run, undo)
    const report = await proveImage(
      context,
      {
        ...{ image: baked.image, digest: plan.digest, lock: plan.lock, network: ready.network },
        ...{ rootVolumeGiB: plan.recipe.rootVolumeGiB, payload: ready.cargo.payload },
      },
      run,
      undo,
    )
    await settle(context, plan, ready, run, baked, report)
    await markVerified(target.sdk, baked.image)
    baked.keep()
    await publish(context, baked.image.imageId, seen)
    io.story.say(`${names.imageAlias(settings.environment)} names ${baked.image.imageId} now`)
    return { built: true, published: true, imageId: baked.image.imageId }
  })
}

/** Records first, then the verdict: what failed is for people to read, and is not published. */
const settle = async (
  { images, io, ground }: ImageContext,
  plan: ImagePlan,
  ready: Ready,
  run: BuildRun,
  baked: Baked,
  report: VerifyReport,
): Promise<void> => {
  const failed = listFailed(report)
  const write = (file: string, text: string) => images.write(names.imageRecordKey(plan.digest, file), text)
  await write(
    'verification.json',
    `${JSON.stringify({ imageId: baked.image.imageId, build: run.build, payload: ready.cargo.payload, rootVolumeGiB: plan.recipe.rootVolumeGiB, verified: failed.length === 0, ...report }, null, 2)}\n`,
  )
  if (failed.length > 0)
    throw new UserError(
      `${baked.image.imageId} has failed its verification and is not published:\n${renderReport({ checks: failed, notChecked: [] })}`,
      { hint: 'npm run image:build -- --keep-on-error leaves the machine for a look' },
    )
  const { renderSbom } = await import('../../images/sbom.ts')
  await write('manifest.json', baked.manifestText)
  await write('lock.json', renderLock(plan.lock))
  await write(
    'sbom.cdx.json',
    renderSbom({
      packages: baked.manifest.packages,
      lock: plan.lock,
      name: plan.name,
      digest: plan.digest,
      standIn: ground.standIn,
    }),
  )
  const { checks, notChecked } = report
  io.story.say(`${checks.length} checks passed`)
  for (const { name, reason } of notChecked) io.story.say(`not checked: ${name}: ${reason}`)
}
