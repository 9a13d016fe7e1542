import type { NetworkOutputs } from '../../config/plan-specs.ts'
import type { Story } from '../../config/story.ts'
import { UserError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import { waitForAgent } from '../aws/agent.ts'
import type { ImageChoice } from '../aws/images.ts'
import { startMachine, waitForState } from '../aws/instances.ts'
import { staySmall } from '../cli/stay-small.ts'
import type { MachineNotice } from '../target.ts'
import type { TerraformTools } from '../terraform/session.ts'
import { applyStack, type UpOptions, unlockOf } from './apply-stack.ts'
import { type Context, openTerraform } from './context.ts'
import { decideDrift, findFacts } from './facts.ts'
import { ensureNetwork } from './network.ts'
import { findImage, type SandboxSurvey, surveySandbox } from './sandbox-survey.ts'
import { decideStack } from './survey-stack.ts'
import { findUserData, takeOver } from './take-over.ts'

export interface UpResult {
  readonly user: UserName
  readonly instanceId: string
  readonly privateIp: string | undefined
  readonly image: ImageChoice
  readonly changed: boolean
  readonly agent: 'online' | 'offline' | 'unsupported' | 'notAsked'
}

export interface BroughtUp {
  readonly machines: MachineNotice
  readonly results: readonly UpResult[]
}

/** A machine that was just made boots for a while; one that was stopped starts faster. */
const bootSeconds = 300

/** Opens Terraform once, however many stacks ask for it. */
const once = <T>(open: () => Promise<T>): (() => Promise<T>) => {
  let opened: Promise<T> | undefined
  return () => {
    opened ??= open()
    return opened
  }
}

/** Makes the network and the sandboxes of all users what the settings say; does nothing where that is so already. */
export const bringUp = async (
  context: Context,
  users: readonly UserName[],
  options: UpOptions,
): Promise<BroughtUp> => {
  staySmall()
  const { io } = context
  const tools = once(() => openTerraform(context))
  const looking = findImage(context)
  looking.catch(() => {})
  // Making a base image takes a minute or two the first time, most of it beside Terraform's waiting.
  const preparing = context.target.prepareMachines(io.story)
  preparing.catch(() => {})
  // It may have to ask before it installs an engine, and a question must not drown in Terraform's lines.
  if (io.interactive) await preparing
  const { outputs } = await ensureNetwork(context, io.story, tools, options)
  const found = await looking
  const machines = await preparing
  const image = found.kind === 'stock' && machines.real ? await preferGolden(context, users, found) : found
  if (image.kind === 'stock') io.story.say('No golden image: using Amazon Linux 2023 as AWS ships it')
  const storyOf = (user: UserName): Story => (users.length === 1 ? io.story : io.labelled(user))
  const runs = users.map((user) =>
    new SandboxUp(context, tools, storyOf(user), options).run(user, outputs, image),
  )
  return { machines, results: collect(users, await Promise.allSettled(runs)) }
}

/** A golden image is made first where there can be one. */
const preferGolden = async (
  context: Context,
  users: readonly UserName[],
  stock: ImageChoice,
): Promise<ImageChoice> => {
  const { ensureGolden } = await import('../image/ensure-golden.ts')
  return (await ensureGolden(context, users, () => findImage(context))) ?? stock
}

/** One failed sandbox must not hide what became of the others. */
const collect = (users: readonly UserName[], runs: readonly PromiseSettledResult<UpResult>[]): UpResult[] => {
  const failures = runs.flatMap((run, index) =>
    run.status === 'rejected' ? [{ user: users[index], reason: run.reason as unknown }] : [],
  )
  const [first] = failures
  if (first === undefined) return runs.flatMap((run) => (run.status === 'fulfilled' ? [run.value] : []))
  if (users.length === 1 || !(first.reason instanceof UserError)) throw first.reason
  const text = failures.map(
    ({ user, reason }) => `${user}: ${reason instanceof Error ? reason.message : String(reason)}`,
  )
  throw new UserError(text.join('\n'), {
    exitCode: first.reason.exitCode,
    ...(first.reason.hint === undefined ? {} : { hint: first.reason.hint }),
  })
}

class SandboxUp {
  private readonly context: Context
  private readonly tools: () => Promise<TerraformTools>
  private readonly story: Story
  private readonly options: UpOptions

  constructor(context: Context, tools: () => Promise<TerraformTools>, story: Story, options: UpOptions) {
    this.context = context
    this.tools = tools
    this.story = story
    this.options = options
  }

  async run(user: UserName, network: NetworkOutputs, image: ImageChoice): Promise<UpResult> {
    const survey = await surveySandbox(this.context, user, network, image)
    if (survey.newerImage !== undefined)
      this.story.say(
        `${user} stays on ${survey.spec.image.id}; ${survey.newerImage.id} is newer (sandbox:down, then sandbox:up)`,
      )
    const changed = await this.applyIfNeeded(user, survey)
    return this.settle(user, survey, changed)
  }

  private async applyIfNeeded(user: UserName, survey: SandboxSurvey): Promise<boolean> {
    if (decideStack(survey) === 'keep' && !this.options.refresh) {
      const drift = decideDrift(survey.spec, await findFacts(this.context.target, survey.spec))
      if (drift.length === 0) return false
      this.story.warn(`${user}'s sandbox has drifted: ${drift.join(', ')}`)
    }
    const tools = await this.tools()
    await this.story.step(`Sandbox of ${user} (${survey.spec.instance.type}, ${survey.spec.image.id})`, () =>
      applyStack(
        { context: this.context, tools, story: this.story, owner: user, ...unlockOf(this.options) },
        survey,
      ),
    )
    return true
  }

  /** Whatever state it was found in, at the end it runs. */
  private async settle(user: UserName, survey: SandboxSurvey, changed: boolean): Promise<UpResult> {
    const { target, io } = this.context
    const { machine } = await findFacts(target, survey.spec)
    if (machine === undefined)
      throw new UserError(`${user}'s instance vanished while it was being set up`, {
        hint: 'run the same command again',
      })
    const stopped = machine.state === 'stopped' || machine.state === 'stopping'
    const result = {
      user,
      instanceId: machine.instanceId,
      privateIp: machine.privateIp,
      image: survey.spec.image,
    }
    const userData = await findUserData(this.context, survey)
    if (!changed && !stopped && machine.state === 'running' && userData.there)
      return { ...result, changed, agent: 'notAsked' }
    const agent = await this.story.step(`Boot ${machine.instanceId}`, async (note) => {
      note('EC2 says it is pending')
      // EC2 does not start a machine that is still on its way down.
      if (machine.state === 'stopping')
        await waitForState(target.sdk, machine.instanceId, 'stopped', bootSeconds, io.signal)
      if (stopped) await startMachine(target.sdk, machine.instanceId)
      await waitForState(target.sdk, machine.instanceId, 'running', bootSeconds, io.signal)
      note('the SSM agent has not reported yet')
      return waitForAgent(target.sdk, machine.instanceId, bootSeconds, io.signal)
    })
    if (agent === 'offline')
      this.story.warn(
        `the SSM agent of ${machine.instanceId} has not answered within ${bootSeconds} s; does its subnet reach the ssm endpoints?`,
      )
    await takeOver(this.context, this.story, {
      ...{ survey, instanceId: machine.instanceId, userData },
      made: decideStack(survey) === 'make',
      agent,
    })
    return { ...result, changed: changed || stopped, agent }
  }
}
