import { names } from '../../config/names.ts'
import { type NetworkOutputs, planSandboxSpec } from '../../config/plan-specs.ts'
import { parseSandboxSpec, type SandboxSpec } from '../../config/spec.ts'
import type { UserName } from '../../config/user-name.ts'
import { planFound } from '../adoption/plan-spec.ts'
import { refuseUnfinished } from '../adoption/under-way.ts'
import { findCurrentImage, findStockImage, type ImageChoice } from '../aws/images.ts'
import { findMachine } from '../aws/instances.ts'
import { type Context, readUserDataScript } from './context.ts'
import { type StackSurvey, surveyStack } from './survey-stack.ts'

export interface SandboxSurvey extends StackSurvey {
  readonly spec: SandboxSpec
  /** A newer image that this sandbox does not use, because that would replace the machine. */
  readonly newerImage: ImageChoice | undefined
}

export const surveySandbox = async (
  context: Context,
  user: UserName,
  network: NetworkOutputs,
  image: ImageChoice,
): Promise<SandboxSurvey> => {
  const { renderSandbox } = await import('../../stacks/synth.ts')
  const stack = names.sandboxStack(user)
  const record = await context.store.findRecord(stack)
  const recorded = parseSandboxSpec(record?.spec, stack)
  if (recorded === undefined) await refuseUnfinished(context, user)
  const previous = recorded ?? (await findUnrecorded(context, user, network, image))
  const spec = planSandboxSpec(context.settings, context.target.accountId, { user, image, network, previous })
  const json = renderSandbox(spec, { userDataScript: await readUserDataScript(context.paths) })
  const survey = await surveyStack(context, stack, { record }, { json, spec })
  return { ...survey, spec, newerImage: spec.image.id === image.id ? undefined : image }
}

export const findImage = ({ target, settings }: Context): Promise<ImageChoice> =>
  settings.image.use === 'stock'
    ? findStockImage(target.sdk, settings.environment)
    : findCurrentImage(target.sdk, settings.environment)

/** A machine whose record is lost is kept as it is: its disk is somebody's work. */
const findUnrecorded = async (
  { target, settings }: Context,
  user: UserName,
  network: NetworkOutputs,
  image: ImageChoice,
): Promise<
  (Pick<SandboxSpec, 'image' | 'network'> & Partial<Pick<SandboxSpec, 'instance' | 'adopted'>>) | undefined
> => {
  const machine = await findMachine(target.sdk, user)
  if (machine?.subnetId === undefined) return undefined
  if (machine.adoptedFrom !== undefined) {
    const { readMachine } = await import('../adoption/machine.ts')
    return planFound(settings, machine.adoptedFrom, await readMachine(target.sdk, machine.instanceId))
  }
  const inOurs = network.subnetIds.includes(machine.subnetId)
  return {
    image: { ...image, id: machine.imageId, kind: machine.image === 'golden' ? 'golden' : 'stock' },
    network: {
      vpcId: inOurs ? network.vpcId : 'elsewhere',
      subnetId: machine.subnetId,
      securityGroupId: network.securityGroupId,
    },
  }
}
