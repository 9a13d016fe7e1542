import { names } from '../../config/names.ts'
import type { NetworkOutputs } from '../../config/plan-specs.ts'
import { UserError } from '../../config/user-error.ts'
import { packPayload } from '../../images/pack-payload.ts'
import type { ImagePlan } from '../../images/plan-build.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import { openTerraform } from '../sandbox/context.ts'
import { ensureNetwork } from '../sandbox/network.ts'
import { type Archive, Artifacts } from './artifacts.ts'
import type { ImageContext } from './open.ts'

/** Files of the payload folder, by name, and what they are. */
export type Cargo = Readonly<Record<'payload' | 'kiro-cli.archive' | 'aws-cli.archive', string>>

export interface BaseImage {
  readonly id: string
  readonly rootDevice: string
}

/** Everything a build needs, there before a machine is. */
export interface Ready {
  readonly network: NetworkOutputs
  readonly base: BaseImage
  /** sha256 of each, all of them in the state bucket. */
  readonly cargo: Cargo
}

/** The network with what builders need in it; made as by sandbox:up when it is missing. */
export const requireNetwork = async (context: ImageContext): Promise<NetworkOutputs> => {
  const { outputs } = await ensureNetwork(context, context.io.story, () => openTerraform(context), {
    refresh: false,
    unlock: undefined,
  })
  if (outputs.builderGroupId === undefined)
    throw new UserError('the network has no security group for builders', {
      hint: 'npm run sandbox:up -- --user <name> --refresh brings it up to date',
    })
  return outputs
}

/** The very image of the lock: AWS takes old ones away, and an id alone says nothing about whose it is. */
export const requireBase = async (context: ImageContext, plan: ImagePlan): Promise<BaseImage> => {
  const { region, sdk } = context.target
  const locked = plan.lock.baseImages[region]
  if (locked === undefined) throw new Error(`a lock without a base image for ${region} came through`)
  const { DescribeImagesCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  const gone = new UserError(`the base image ${locked.id} (${locked.name}) is gone from ${region}`, {
    hint: 'npm run image:lock -- --update takes the present one',
  })
  try {
    const { Images } = await new EC2Client(sdk).send(new DescribeImagesCommand({ ImageIds: [locked.id] }))
    const image = Images?.[0]
    if (image === undefined || image.State !== 'available') throw gone
    if (image.OwnerId !== locked.owner || image.Name !== locked.name)
      throw new UserError(
        `${locked.id} is ${image.Name} of ${image.OwnerId}, the lock says ${locked.name} of ${locked.owner}`,
        { hint: 'npm run image:lock -- --update' },
      )
    return { id: locked.id, rootDevice: image.RootDeviceName ?? '/dev/xvda' }
  } catch (error) {
    if (isAwsError(error, 'InvalidAMIID.NotFound', 'InvalidAMIID.Unavailable')) throw gone
    return awsCall(`look for the base image ${locked.id}`, () => Promise.reject(error))
  }
}

const fetchArchives = async (context: ImageContext, plan: ImagePlan, note: (text: string) => void) => {
  const artifacts = new Artifacts(context.paths)
  const { kiroCli, awsCli } = plan.lock
  const fetchOne = (what: string, { version, url, sha256 }: typeof awsCli) =>
    artifacts.fetch(
      { what: `${what} ${version}`, address: context.ground.addressOf(url), sha256 },
      context.io.signal,
      note,
    )
  return {
    payload: await artifacts.keep(packPayload(plan.payload)),
    'kiro-cli.archive': await fetchOne('kiro-cli', kiroCli),
    'aws-cli.archive': await fetchOne('AWS CLI', awsCli),
  } satisfies Record<keyof Cargo, Archive>
}

/** Archives of the lock and the payload, checked here and laid into the state bucket. */
const stowCargo = async (context: ImageContext, plan: ImagePlan): Promise<Cargo> => {
  const { story } = context.io
  const archives = await story.step('Archives of the lock', (note) => fetchArchives(context, plan, note))
  return story.step(
    `Artefacts to ${names.stateBucket(context.target.accountId, context.target.region)}`,
    (note) => upload(context, archives, note),
  )
}

const upload = async (
  { images, io }: ImageContext,
  archives: Readonly<Record<keyof Cargo, Archive>>,
  note: (text: string) => void,
): Promise<Cargo> => {
  for (const [name, { file, sha256 }] of Object.entries(archives)) {
    note(name)
    await images.keepArtifact(file, sha256)
    io.signal.throwIfAborted()
  }
  return {
    payload: archives.payload.sha256,
    'kiro-cli.archive': archives['kiro-cli.archive'].sha256,
    'aws-cli.archive': archives['aws-cli.archive'].sha256,
  }
}

/** Fails before anything costs. The network stays: sandboxes need it too. */
export const prepareBuild = async (context: ImageContext, plan: ImagePlan): Promise<Ready> => {
  const base = await requireBase(context, plan)
  const network = await requireNetwork(context)
  return { network, base, cargo: await stowCargo(context, plan) }
}
