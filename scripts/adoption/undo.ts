import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { names, tag } from '../../config/names.ts'
import type { SandboxSpec } from '../../config/spec.ts'
import { UserError } from '../../config/user-error.ts'
import { type Import, listStateAddresses } from '../adopt/imports.ts'
import { surveyExisting } from '../adopt/survey.ts'
import { awsCall } from '../aws/call.ts'
import { sessionOptions } from '../sandbox/context.ts'
import type { SdkConfig } from '../target.ts'
import { TerraformSession } from '../terraform/session.ts'
import { type Journal, planPins, planUndo, type Step, takeBack, turn } from './journal.ts'
import { turnProfiles } from './on-machine.ts'
import { restoreMachine } from './restore-machine.ts'
import { restoreRole } from './roles.ts'
import { renderStack } from './survey.ts'
import type { Taking } from './take.ts'
import { planPinned } from './template.ts'
import { StackWouldChange, updateStack } from './update-stack.ts'

type Work = (taking: Taking, journal: Journal) => Promise<void>

/** What was there before the takeover: Terraform lets go of it, and removes the rest. */
export const listTheirs = (existing: readonly Import[], { imports, roles }: Journal): string[] => {
  const before = new Set([
    ...imports.map(({ id }) => id),
    ...roles.flatMap(({ name, inline, attached }) => [
      ...Object.keys(inline).map((policy) => `${name}:${policy}`),
      ...attached.map((arn) => `${name}/${arn}`),
    ]),
  ])
  return existing.flatMap(({ to, id }) => (before.has(id) ? [to] : []))
}

const untagProfiles = async (sdk: SdkConfig, { resources }: Journal): Promise<void> => {
  const { IAMClient, UntagInstanceProfileCommand } = await import('../aws/sdk/iam.ts')
  for (const { type, fate, physicalId } of resources)
    if (type === 'AWS::IAM::InstanceProfile' && fate === 'import')
      await awsCall(`restore the instance profile ${physicalId}`, () =>
        new IAMClient(sdk).send(
          new UntagInstanceProfileCommand({
            InstanceProfileName: physicalId,
            TagKeys: [tag.owner, tag.sandbox, tag.region],
          }),
        ),
      )
}

const restore: Work = async ({ context: { target } }, journal) => {
  await restoreMachine(target.sdk, journal.machine)
  for (const role of journal.roles) await restoreRole(target.sdk, role)
  await untagProfiles(target.sdk, journal)
}

/** The machine has its old role back before anything of the sandbox goes, so that it is never without one. */
const apply: Work = async (taking, journal) => {
  await restore(taking, journal)
  const { context, tools, story, unlock } = taking
  const { target, store } = context
  const { user, spec, imports } = journal
  const stack = names.sandboxStack(user)
  const json = await renderStack(context, spec as SandboxSpec)
  const addressesInState = async () => listStateAddresses((await store.findState(stack)) ?? '{}')
  await TerraformSession.open(
    sessionOptions(context, tools, story, unlock),
    { stack, json, spec },
    async (session) => {
      const existing = await surveyExisting(target, json, user, imports)
      const theirs = listTheirs(existing, journal)
      const known = await addressesInState()
      const unknown = existing.filter(({ to }) => !known.has(to))
      // A run that was killed leaves things its state does not know, and they hang on what is not ours.
      if (unknown.some(({ to }) => !theirs.includes(to))) await session.adoptAsFound(unknown)
      // Terraform takes along what those hang on, and makes of it what the sandbox declares.
      await restore(taking, journal)
      await session.forget(theirs)
      const still = await addressesInState()
      const left = theirs.filter((address) => still.has(address))
      // What Terraform holds now, it destroys: the machine must not be among it.
      if (left.length > 0)
        throw new UserError(`Terraform still holds ${left.join(', ')}, so nothing is removed`, {
          hint: 'run the same command again',
        })
      await session.destroy()
    },
  )
  await store.remove(stack)
  await rm(join(target.folder, stack), { recursive: true, force: true })
}

/** The role first: an agent that does not answer with the sandbox's may answer with that of before. */
const machine: Work = async ({ context, story }, { machine: before, spec }) => {
  await restoreMachine(context.target.sdk, before)
  await turnProfiles(context, story, before.instanceId, spec as SandboxSpec, 'back')
}

/** The template of before, unless that would put a newer image in the place of the machine. */
const retain: Work = async ({ context: { target }, story }, journal) => {
  const { stack, template, parameters } = journal
  try {
    await updateStack(target.sdk, { stack, template, parameters, pins: {} })
  } catch (error) {
    if (!(error instanceof StackWouldChange)) throw error
    const pins = planPins(journal)
    story.warn(
      `${stack} keeps ${Object.values(pins).join(', ')} in its template: the image it names has moved on, and would replace the machine`,
    )
    await updateStack(target.sdk, { stack, template: planPinned(template, pins), parameters, pins })
  }
}

const works: Readonly<Record<Exclude<Step, 'delete'>, Work>> = { retain, apply, machine, strip: restore }

const titles: Readonly<Record<Exclude<Step, 'delete'>, (journal: Journal) => string>> = {
  retain: ({ stack }) => `Template of ${stack} as it was`,
  apply: ({ machine, roles }) =>
    `Terraform lets go of ${machine.instanceId}${roles.length === 0 ? '' : ' and its roles'}`,
  machine: ({ machine }) => `AWS profiles on ${machine.instanceId} as they were`,
  strip: () => 'Permissions of the roles as they were',
}

/** Takes back what a takeover has begun, the last step first. Cut off, it is continued by the same command. */
export const undo = async (taking: Taking, started: Journal): Promise<void> => {
  const { context, story } = taking
  const key = names.sandboxStack(started.user)
  let journal = turn(started, 'back')
  await context.store.writeAdoption(key, journal)
  for (const step of planUndo(started)) {
    const now = journal
    await story.step(titles[step](now), () => works[step](taking, now))
    journal = takeBack(journal, step)
    await context.store.writeAdoption(key, journal)
  }
  await context.store.removeAdoption(key)
}
