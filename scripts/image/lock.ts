import { randomBytes } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import { type ImageLock, renderLock } from '../../images/lock.ts'
import { diffLocks } from '../../images/lock-review.ts'
import { planBuildId, planFiles } from '../../images/plan-build.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import { lastLines } from '../aws/remote.ts'
import { Artifacts } from './artifacts.ts'
import { openWorkshop, planRequest } from './bake.ts'
import type { BaseImage } from './base-image.ts'
import { terminate } from './launch.ts'
import { readLock } from './load-lock.ts'
import type { ImageContext } from './open.ts'
import { requireNetwork } from './preflight.ts'
import { readImageScript } from './sources.ts'
import { withUndo } from './undo.ts'

const resolveSeconds = 600
/** A machine that only answers a question. */
const resolverMinutes = 20

type Based = BaseImage & ImageLock['baseImages'][string]

/** What AWS names as the newest image of a kernel stream. */
const findBase = async (context: ImageContext, region: string): Promise<Based> => {
  const name = names.kernelImageParameter(context.settings.image.kernel)
  const sdk = { ...context.target.sdk, region }
  const { GetParameterCommand, SSMClient } = await import('../aws/sdk/ssm.ts')
  const { DescribeImagesCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  try {
    const { Parameter } = await new SSMClient(sdk).send(new GetParameterCommand({ Name: name }))
    const call = new DescribeImagesCommand({ ImageIds: [Parameter?.Value ?? ''] })
    const [image] = (await new EC2Client(sdk).send(call)).Images ?? []
    return {
      id: image?.ImageId ?? '',
      name: image?.Name ?? '',
      owner: image?.OwnerId ?? '',
      rootDevice: image?.RootDeviceName ?? '/dev/xvda',
    }
  } catch (error) {
    if (isAwsError(error, 'ParameterNotFound'))
      throw new UserError(`${region} has no ${name}`, { hint: 'choose another image.kernel in the settings' })
    return awsCall(`look for Amazon Linux in ${region}`, () => Promise.reject(error))
  }
}

/** Asks dnf on a machine of the base image; the machine is gone afterwards. */
const resolvePackages = async (context: ImageContext, base: BaseImage) => {
  const { io, settings, target, paths } = context
  const network = await requireNetwork(context)
  const run = {
    build: planBuildId(new Date(), randomBytes(3).toString('hex')),
    deadline: new Date(Date.now() + resolverMinutes * 60_000),
  }
  return withUndo(io.story, false, async (undo) => {
    const request = await planRequest(context, { network }, run, {
      imageId: base.id,
      rootDevice: base.rootDevice,
      rootVolumeGiB: settings.image.rootVolumeGiB,
      purpose: 'resolver',
      digest: undefined,
    })
    const workshop = await openWorkshop(context, request, undo)
    const packages = [...settings.image.packages].sort()
    const program = await readImageScript(paths, 'resolve-packages.py')
    const text = `python3 - '' ${packages.join(' ')} <<'END_OF_PROGRAM'\n${program}END_OF_PROGRAM\n`
    const found = await io.story.step('Resolve the packages', () =>
      workshop.remote.run({ text, seconds: resolveSeconds, about: 'resolve packages' }),
    )
    if (!found.ok)
      throw new UserError(`the packages cannot be resolved: ${lastLines(found.stderr, 3)}`, {
        hint: 'image.packages in the settings names them',
      })
    const [releasever = '', ...rest] = found.stdout.trim().split('\n')
    await terminate(target.sdk, workshop.remote.instanceId)
    return { releasever, packages: rest }
  })
}

/** Downloads what is offered, so that the sum in the lock is that of bytes we have seen. */
const lockArchives = async (context: ImageContext) => {
  const { ground, settings, io, paths } = context
  const artifacts = new Artifacts(paths)
  return io.story.step('Archives of kiro-cli and AWS CLI', async (note) => {
    const kiro = await ground.offerKiroCli(settings.image.kiroCli, io.signal)
    const aws = await ground.offerAwsCli(settings.image.awsCli, io.signal)
    const fetched = []
    for (const [what, { version, url, sha256 }] of [
      ['kiro-cli', kiro],
      ['AWS CLI', aws],
    ] as const)
      fetched.push(
        await artifacts.fetch(
          { what: `${what} ${version}`, address: ground.addressOf(url), sha256 },
          io.signal,
          note,
        ),
      )
    return {
      kiroCli: { ...kiro, sha256: fetched[0]?.sha256 ?? '' },
      awsCli: { ...aws, sha256: fetched[1]?.sha256 ?? '' },
    }
  })
}

/** A lock of today: asks AWS, dnf and the vendors. Files are those of this checkout. */
export const resolveLock = async (
  context: ImageContext,
  before: ImageLock | undefined,
): Promise<ImageLock> => {
  const { region } = context.target
  const regions = [...new Set([region, ...Object.keys(before?.baseImages ?? {})])].sort()
  const based = new Map<string, Based>()
  for (const one of regions) based.set(one, await findBase(context, one))
  const archives = await lockArchives(context)
  const { releasever, packages } = await resolvePackages(context, based.get(region) as Based)
  const lock: ImageLock = {
    version: 1,
    architecture: context.ground.architecture,
    releasever,
    kernel: context.settings.image.kernel,
    baseImages: Object.fromEntries(
      [...based].map(([one, { id, name, owner }]) => [one, { id, name, owner }]),
    ),
    packages: [...packages].sort(),
    ...archives,
    files: {},
  }
  return withFiles(context, lock)
}

/** The same lock with the files of this checkout. Asks nobody. */
export const withFiles = (context: ImageContext, lock: ImageLock): ImageLock => ({
  ...lock,
  files: planFiles(context.sources, lock, context.settings),
})

/** The committed file, unless it is of a machine that is not like this one. */
const planLockFile = async ({ ground, paths }: ImageContext) => {
  const committed = await readLock(paths, ground.lockFile)
  const fits = committed === undefined || ground.misfit(committed.lock) === undefined
  if (fits || ground.ownLockFile === undefined) return { file: ground.lockFile, before: committed?.lock }
  return { file: ground.ownLockFile, before: (await readLock(paths, ground.ownLockFile))?.lock }
}

export interface LockUpdate {
  readonly file: string
  readonly changes: readonly string[]
}

const writeLock = async (root: string, file: string, lock: ImageLock): Promise<void> => {
  const path = isAbsolute(file) ? file : join(root, file)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.draft`, renderLock(lock))
  await rename(`${path}.draft`, path)
}

/** Writes the lock that `make` finds, and says how it differs from the one before. */
export const updateLock = async (
  context: ImageContext,
  make: (before: ImageLock | undefined) => Promise<ImageLock>,
): Promise<LockUpdate> => {
  const { file, before } = await planLockFile(context)
  const after = await make(before)
  const changes = diffLocks(before, after)
  if (changes.length > 0) await writeLock(context.paths.root, file, after)
  return { file, changes }
}
