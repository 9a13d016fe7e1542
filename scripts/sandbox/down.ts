import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { names } from '../../config/names.ts'
import { parseSandboxSpec } from '../../config/spec.ts'
import type { Story } from '../../config/story.ts'
import { UserError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import { listStateAddresses } from '../adopt/imports.ts'
import { surveyExisting } from '../adopt/survey.ts'
import { refuseUnfinished } from '../adoption/under-way.ts'
import { listMachines } from '../aws/instances.ts'
import { TerraformSession, type TerraformTools } from '../terraform/session.ts'
import { type Context, readUserDataScript, sessionOptions } from './context.ts'
import { surveyNetwork } from './network.ts'

export interface StackRemoval {
  readonly stack: string
  readonly owner: string
  readonly json: string
  readonly spec: unknown
  /** Nothing of it is left, neither state nor things. */
  readonly absent: boolean
}

/**
 * What there is to remove of one sandbox. The stack is rebuilt from the recorded spec; after a run that never
 * finished there is none, and a spec with the same names serves to find what it left.
 */
export const surveyRemoval = async (context: Context, user: UserName): Promise<StackRemoval> => {
  const { renderSandbox } = await import('../../stacks/synth.ts')
  const { planFallbackSpec } = await import('./fallback-spec.ts')
  const stack = names.sandboxStack(user)
  await refuseUnfinished(context, user)
  const record = await context.store.findRecord(stack)
  const spec =
    parseSandboxSpec(record?.spec, stack) ??
    planFallbackSpec(context.settings, context.target.accountId, user)
  const json = renderSandbox(spec, { userDataScript: await readUserDataScript(context.paths) })
  const stateTag = await context.store.findStateTag(stack)
  const absent = stateTag === undefined && (await surveyExisting(context.target, json, user)).length === 0
  return { stack, owner: user, json, spec, absent }
}

/** As it was made, whatever the settings say by now; only of a run that never finished they are all there is. */
export const surveyNetworkRemoval = async (context: Context): Promise<StackRemoval> => {
  const { renderNetwork } = await import('../../stacks/synth.ts')
  const { stack, before, spec: wanted, stateTag } = await surveyNetwork(context)
  const spec = before ?? wanted
  const json = renderNetwork(spec)
  const absent = stateTag === undefined && (await surveyExisting(context.target, json, 'shared')).length === 0
  return { stack, owner: 'shared', json, spec, absent }
}

/** Destroys a stack with everything that belongs to it, known to its state or not, and forgets it. */
export const removeStack = async (
  context: Context,
  tools: TerraformTools,
  story: Story,
  removal: StackRemoval,
  unlock: string | undefined,
): Promise<number> => {
  const { stack, owner, json, spec } = removal
  const removed = await TerraformSession.open(
    sessionOptions(context, tools, story, unlock),
    { stack, json, spec },
    async (session) => {
      const known = listStateAddresses((await context.store.findState(stack)) ?? '{}')
      const strays = (await surveyExisting(context.target, json, owner)).filter(({ to }) => !known.has(to))
      if (strays.length > 0) {
        story.say(
          `  ${strays.length} left by a run that was cut off: ${strays.map(({ to }) => session.label(to)).join(', ')}`,
        )
        await session.adoptAsFound(strays)
      }
      return (await session.destroy()).changes.remove
    },
  )
  // The lock went with Terraform: an `up` elsewhere may have begun anew, and its state is not ours to delete.
  const left = listStateAddresses((await context.store.findState(stack)) ?? '{}')
  if (left.size > 0)
    throw new UserError(`${stack} is being made again by somebody else`, { hint: 'npm run sandbox:list' })
  await context.store.remove(stack)
  await rm(join(context.target.folder, stack), { recursive: true, force: true })
  return removed
}

/**
 * True when no other sandbox needs the network: none with a state or a lock, as a run has that only begins, and
 * no machine beside those that leave.
 */
export const isLastSandbox = async (context: Context, leaving: readonly UserName[]): Promise<boolean> => {
  const going = new Set<string>(leaving.map((user) => names.sandboxStack(user)))
  const [stacks, machines] = await Promise.all([context.store.listStacks(), listMachines(context.target.sdk)])
  const others = stacks.filter((stack) => names.isSandboxStack(stack) && !going.has(stack))
  return others.length === 0 && machines.every(({ user }) => leaving.includes(user))
}
