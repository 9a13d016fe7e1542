import { setTimeout as sleep } from 'node:timers/promises'
import { names } from '../../config/names.ts'
import type { SandboxSpec } from '../../config/spec.ts'
import type { Story } from '../../config/story.ts'
import { exitCode, UserError } from '../../config/user-error.ts'
import { listDeclared } from '../adopt/imports.ts'
import { surveyExisting } from '../adopt/survey.ts'
import { findMachine } from '../aws/instances.ts'
import { type Context, sessionOptions } from '../sandbox/context.ts'
import { surveyStack } from '../sandbox/survey-stack.ts'
import { TerraformSession, type TerraformTools } from '../terraform/session.ts'
import { begin, decideNext, finish, type Journal, listKept, planPins, type Step } from './journal.ts'
import { judgePlan } from './judge-plan.ts'
import { turnProfiles } from './on-machine.ts'
import { planStrip, stripRoles } from './roles.ts'
import { describeStack, readTemplate } from './stack.ts'
import { renderStack } from './survey.ts'
import { isRetained, planRetained } from './template.ts'
import { deleteStack, updateStack } from './update-stack.ts'

export interface Taking {
  readonly context: Context
  readonly tools: TerraformTools
  readonly story: Story
  readonly unlock?: string
}

type Work = (taking: Taking, journal: Journal) => Promise<void>

const retain: Work = async ({ context: { target } }, journal) => {
  const { stack, parameters } = journal
  const keep = listKept(journal)
  if (isRetained(await readTemplate(target.sdk, stack), keep)) return
  const pins = planPins(journal)
  const template = planRetained(journal.template, { keep, pins })
  await updateStack(target.sdk, { stack, template, parameters, pins })
}

const apply: Work = async ({ context, tools, story, unlock }, { user, spec, imports }) => {
  const { target, store } = context
  const stack = names.sandboxStack(user)
  const json = await renderStack(context, spec as SandboxSpec)
  const survey = await surveyStack(context, stack, { record: undefined }, { json, spec })
  await TerraformSession.open(
    sessionOptions(context, tools, story, unlock),
    { stack, json, spec },
    async (session) => {
      await session.adopt(await surveyExisting(target, json, user, imports))
      const { refused } = judgePlan(await session.planInDetail(), (address) => session.label(address))
      refuseMore(refused, user)
      const { outputs } = await session.apply()
      const stateTag = await store.findStateTag(stack)
      if (stateTag === undefined) throw new Error(`Terraform finished ${stack} but left no state`)
      const appliedAt = new Date().toISOString()
      await store.writeRecord(stack, {
        version: 1,
        ...{ digest: survey.digest, spec, outputs, stateTag, appliedAt },
      })
    },
  )
}

/** @throws UserError when a plan is more than the improvements that a takeover may make */
export const refuseMore = (refused: readonly string[], user: string): void => {
  if (refused.length > 0)
    throw new UserError(
      `Terraform would also ${refused.join(', ')}; a takeover only improves what is there`,
      {
        hint: `nothing of it was done; a takeover that has begun goes back with --undo, and npm run sandbox:up -- --user ${user} makes a new machine`,
      },
    )
}

const machine: Work = ({ context, story }, { machine: { instanceId }, spec }) =>
  turnProfiles(context, story, instanceId, spec as SandboxSpec, 'there')

/** A policy that the sandbox declares for a role of its own is no leftover. */
const strip: Work = async ({ context }, { roles, spec, imports, user }) => {
  const json = await renderStack(context, spec as SandboxSpec)
  const ours = await surveyExisting(context.target, json, user, imports)
  const types = new Map(listDeclared(json).map(({ address, type }) => [address, type]))
  const policies = ours.filter(({ to }) => /^aws_iam_role_policy/.test(types.get(to) ?? ''))
  await stripRoles(context.target.sdk, planStrip(roles, policies))
}

const gone = new Set<string | undefined>([undefined, 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE'])

/** Somebody may have changed the stack since; then it would take the machine along. Asked while undo is still open. */
const refuseChanged = async ({ target }: Context, journal: Journal): Promise<void> => {
  const { stack, stackId, user } = journal
  if (gone.has((await describeStack(target.sdk, stackId))?.StackStatus)) return
  if (!isRetained(await readTemplate(target.sdk, stackId), listKept(journal)))
    throw new UserError(`the stack ${stack} was changed meanwhile, and would take the machine along`, {
      hint: `npm run adopt -- --stack ${stack} --user ${user} --undo, then begin again`,
    })
}

/** The last step, and the one that nothing takes back. */
const remove: Work = async ({ context: { target } }, journal) => {
  const { stack, stackId, user } = journal
  const found = await describeStack(target.sdk, stackId)
  if (found === undefined || found.StackStatus === 'DELETE_COMPLETE') return
  await deleteStack(target.sdk, stackId)
  if ((await findMachine(target.sdk, user))?.instanceId !== journal.machine.instanceId)
    throw new UserError(`${journal.machine.instanceId} is gone with the stack ${stack}`, {
      hint: 'this must not happen: keep the output and tell whoever maintains this',
    })
}

const works: Readonly<Record<Step, Work>> = { retain, apply, machine, strip, delete: remove }

const titles: Readonly<Record<Step, (journal: Journal) => string>> = {
  retain: ({ machine, stack }) => `Keep ${machine.instanceId} when ${stack} goes`,
  apply: ({ machine, user }) => `Take ${machine.instanceId} over as the sandbox of ${user}`,
  machine: ({ machine }) => `AWS profiles on ${machine.instanceId}`,
  strip: () => 'Standing permission off the roles',
  delete: ({ stack }) => `Delete the stack ${stack}`,
}

/**
 * Does what is left to do, step by step, each noted before and after. `mayDelete` is asked before the last one.
 * @returns the journal; whether it is finished says `decideNext`
 */
export const takeOver = async (
  taking: Taking,
  started: Journal,
  mayDelete: () => Promise<boolean>,
): Promise<Journal> => {
  const { context, story } = taking
  const key = names.sandboxStack(started.user)
  let journal = started
  for (let step = decideNext(journal); step !== undefined; step = decideNext(journal)) {
    refuseInterrupted(context, journal)
    if (step === 'delete' && !(await mayDelete())) return journal
    if (step === 'delete') await refuseChanged(context, journal)
    journal = begin(journal, step)
    await context.store.writeAdoption(key, journal)
    const [work, now] = [works[step], journal]
    await story.step(titles[step](journal), () => work(taking, now))
    journal = finish(journal, step)
    await context.store.writeAdoption(key, journal)
    // Whoever watches sees each step end before the next begins, and a Ctrl-C in between is heard.
    await sleep(0)
  }
  await context.store.removeAdoption(key)
  return journal
}

const refuseInterrupted = ({ io }: Context, { stack, user }: Journal): void => {
  if (io.signal.aborted)
    throw new UserError('interrupted; what was done so far stays as it is', {
      exitCode: exitCode.interrupted,
      hint: `npm run adopt -- --stack ${stack} --user ${user} continues; with --undo it goes back`,
    })
}
