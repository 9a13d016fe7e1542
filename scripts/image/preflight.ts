import { names } from '../../config/names.ts'
import type { NetworkOutputs } from '../../config/plan-specs.ts'
import { UserError } from '../../config/user-error.ts'
import { packPayload } from '../../images/pack-payload.ts'
import type { ImagePlan } from '../../images/plan-build.ts'
import { openTerraform } from '../sandbox/context.ts'
import { ensureNetwork } from '../sandbox/network.ts'
import { type Archive, Artifacts } from './artifacts.ts'
import { type BaseImage, requireBase } from './base-image.ts'
import type { ImageContext } from './open.ts'

/** Files of the payload folder, by name, and what they are. */
export type Cargo = Readonly<Record<'payload' | 'kiro-cli.archive' | 'aws-cli.archive', string>>

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
  const base = await requireBase(context, plan.lock)
  const network = await requireNetwork(context)
  return { network, base, cargo: await stowCargo(context, plan) }
}
