import { setTimeout as sleep } from 'node:timers/promises'
import { names } from '../../config/names.ts'
import { type NetworkOutputs, planNetworkSpec } from '../../config/plan-specs.ts'
import { type NetworkSpec, parseNetworkSpec } from '../../config/spec.ts'
import type { Story } from '../../config/story.ts'
import { ensureStateBucket } from '../aws/bootstrap.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import { listMachines } from '../aws/instances.ts'
import { checkGround } from '../network/check-ground.ts'
import { decideMove, type Move, refuseMove } from '../network/decide-move.ts'
import { FolderBusy } from '../terraform/run-record.ts'
import type { TerraformTools } from '../terraform/session.ts'
import { applyStack, type UpOptions, unlockOf } from './apply-stack.ts'
import type { Context } from './context.ts'
import { decideStack, type StackSurvey, surveyStack } from './survey-stack.ts'

export interface NetworkSurvey extends StackSurvey {
  readonly spec: NetworkSpec
  /** Of the last finished run. */
  readonly before: NetworkSpec | undefined
}

export const surveyNetwork = async (context: Context): Promise<NetworkSurvey> => {
  const { renderNetwork } = await import('../../stacks/synth.ts')
  const spec = planNetworkSpec(context.settings, context.target.accountId)
  const record = await context.store.findRecord(names.networkStack)
  const before = parseNetworkSpec(record?.spec, names.networkStack)
  const survey = await surveyStack(
    context,
    names.networkStack,
    { record },
    { json: renderNetwork(spec), spec },
  )
  return { ...survey, spec, before }
}

/** What other settings would take away from machines. */
export const findMove = async (
  { target }: Pick<Context, 'target'>,
  { record, before, spec }: Pick<NetworkSurvey, 'record' | 'before' | 'spec'>,
): Promise<Move | undefined> => {
  if (record === undefined || before === undefined) return undefined
  const { subnetIds } = parseNetworkOutputs(record.outputs)
  if (decideMove(before, spec, { subnetIds, machines: [] }) === undefined) return undefined
  return decideMove(before, spec, { subnetIds, machines: await listMachines(target.sdk) })
}

export const parseNetworkOutputs = (outputs: Readonly<Record<string, unknown>>): NetworkOutputs => {
  const { vpcId, subnetIds, securityGroupId, builderGroupId } = outputs
  if (typeof vpcId !== 'string' || !Array.isArray(subnetIds) || typeof securityGroupId !== 'string')
    throw new Error(`the network stack has unexpected outputs: ${Object.keys(outputs).join(', ')}`)
  return {
    vpcId,
    subnetIds: subnetIds.map(String),
    securityGroupId,
    ...(typeof builderGroupId === 'string' ? { builderGroupId } : {}),
  }
}

/** True when the subnets of the last run are still there; somebody may have removed them by hand. */
const stillThere = async (context: Context, { subnetIds }: NetworkOutputs): Promise<boolean> => {
  const { DescribeSubnetsCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  try {
    const { Subnets } = await new EC2Client(context.target.sdk).send(
      new DescribeSubnetsCommand({ SubnetIds: [...subnetIds] }),
    )
    return Subnets?.length === subnetIds.length
  } catch (error) {
    if (isAwsError(error, 'InvalidSubnetID.NotFound', 'InvalidSubnetId.NotFound')) return false
    return awsCall('look at the subnets', () => Promise.reject(error))
  }
}

export interface NetworkReady {
  readonly outputs: NetworkOutputs
  readonly changed: boolean
}

/** How long one run waits for another that is making the network, in milliseconds. */
const longestWait = 10 * 60_000

/**
 * The shared network, made when it is missing. Whoever comes while another run makes it waits for that one.
 * `openTools` is only called when Terraform has something to do.
 */
export const ensureNetwork = async (
  context: Context,
  story: Story,
  openTools: () => Promise<TerraformTools>,
  options: UpOptions,
): Promise<NetworkReady> => {
  const started = performance.now()
  for (let told = false; ; told = true) {
    try {
      return await makeOrKeepNetwork(context, story, openTools, options)
    } catch (error) {
      if (!(error instanceof FolderBusy) || performance.now() - started > longestWait) throw error
      if (!told) story.say(`The network is in other hands: ${error.message}; waiting for it`)
    }
    await sleep(1000, undefined, { signal: context.io.signal })
  }
}

const makeOrKeepNetwork = async (
  context: Context,
  story: Story,
  openTools: () => Promise<TerraformTools>,
  options: UpOptions,
): Promise<NetworkReady> => {
  const survey = await surveyNetwork(context)
  const { record } = survey
  if (decideStack(survey) === 'keep' && record !== undefined && !options.refresh) {
    const outputs = parseNetworkOutputs(record.outputs)
    if (await stillThere(context, outputs)) return { outputs, changed: false }
  }
  await checkGround(context.target.sdk, survey.spec)
  const move = await findMove(context, survey)
  if (move !== undefined && move.users.length > 0) throw refuseMove(move)
  if (survey.stateTag === undefined) await ensureStateBucket({ ...context, io: { ...context.io, story } })
  const tools = await openTools()
  const outputs = await story.step('Network (shared by all sandboxes)', () =>
    applyStack({ context, tools, story, owner: 'shared', ...unlockOf(options) }, survey),
  )
  return { outputs: parseNetworkOutputs(outputs), changed: true }
}
