import { names } from '../../config/names.ts'
import type { Settings } from '../../config/settings.ts'
import { UserError } from '../../config/user-error.ts'
import type { Finding } from '../../images/sweep.ts'
import { surveyExisting } from '../adopt/survey.ts'
import { isDenial } from '../aws/call.ts'
import type { Context } from '../sandbox/context.ts'
import type { StackRemoval } from '../sandbox/down.ts'
import { openAlerts } from '../side/alerts.ts'
import { openLaptopRoles } from '../side/laptop-roles.ts'
import type { SideStack } from '../side/side-stack.ts'

/** What is left of such a stack has the same names whether the settings still ask for it or not. */
const asked = (settings: Settings): Settings => ({
  ...settings,
  alerts: { ...settings.alerts, enabled: true },
})

const removalOf = <Spec>(side: SideStack<Spec>): StackRemoval | undefined => {
  try {
    const spec = side.plan()
    return { stack: side.stack, owner: 'shared', json: side.render(spec), spec, absent: false }
  } catch (error) {
    // The settings have nothing for this account.
    if (error instanceof UserError) return undefined
    throw error
  }
}

const removalOfStack = async ({ settings, target }: Context, stack: string) =>
  stack === names.alerts.stack
    ? removalOf(await openAlerts(asked(settings), target.accountId))
    : removalOf(await openLaptopRoles(settings, target.accountId))

/** Of stacks beside network and sandboxes that have no state: the key costs by the month, permission sets let people in. */
const listLeft = async (context: Context, stack: string): Promise<Finding[] | 'not allowed'> => {
  const removal = await removalOfStack(context, stack)
  if (removal === undefined) return []
  try {
    const found = await surveyExisting(context.target, removal.json, removal.owner)
    return found.map(({ to, id }) => ({
      ...{ kind: 'orphan', id, stack, why: `${to.split('.')[0]} of ${stack}, which has no state` },
      ...{ age: Number.NaN, monthly: to.startsWith('aws_kms_key.') ? 1 : 0 },
    }))
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    if (isDenial(error)) return 'not allowed'
    context.io.story.warn(`what is left of ${stack} cannot be seen: ${error.message}`)
    return []
  }
}

/** @param stacks that have a state, or are being made */
export const surveySide = async (context: Context, stacks: ReadonlySet<string>): Promise<Finding[]> => {
  const without = [names.alerts.stack, names.laptop.stack].filter((stack) => !stacks.has(stack))
  const found = await Promise.all(without.map((stack) => listLeft(context, stack)))
  // Whoever only runs sandboxes may not look there; the rest of the sweep is for them all the same.
  const unseen = without.filter((_, index) => found[index] === 'not allowed')
  if (unseen.length > 0)
    context.io.story.say(`not looked for, as you may not: what is left of ${unseen.join(' and ')}`)
  return found.flatMap((one) => (one === 'not allowed' ? [] : one))
}

/** As the stack's own command removes it. @returns the stacks that are gone */
export const removeSideOrphans = async (
  context: Context,
  stacks: readonly string[],
): Promise<ReadonlySet<string>> => {
  const removed = new Set<string>()
  if (stacks.length === 0) return removed
  const { openTerraform } = await import('../sandbox/context.ts')
  const { removeStack } = await import('../sandbox/down.ts')
  const tools = await openTerraform(context)
  for (const stack of stacks) {
    const removal = await removalOfStack(context, stack)
    if (removal === undefined) continue
    try {
      await context.io.story.step(`Remove ${stack}`, () =>
        removeStack(context, tools, context.io.story, removal, undefined),
      )
      removed.add(stack)
    } catch (error) {
      context.io.signal.throwIfAborted()
      context.io.story.warn(`${stack} is still there: ${(error as Error).message}`)
    }
  }
  return removed
}
