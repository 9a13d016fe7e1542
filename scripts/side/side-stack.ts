import { UserError } from '../../config/user-error.ts'
import { listDeclared } from '../adopt/imports.ts'
import { surveyExisting } from '../adopt/survey.ts'
import { ensureStateBucket } from '../aws/bootstrap.ts'
import { askFor } from '../cli/ask.ts'
import { applyStack } from '../sandbox/apply-stack.ts'
import { type Context, openTerraform } from '../sandbox/context.ts'
import { removeStack } from '../sandbox/down.ts'
import { planStack, type StackPlan } from '../sandbox/plan-stack.ts'
import { decideStack, surveyStack } from '../sandbox/survey-stack.ts'
import { planLabels } from '../terraform/labels.ts'

/** A stack beside network and sandboxes, which its own command makes and removes. */
export interface SideStack<Spec> {
  readonly stack: string
  /** As a person calls it. */
  readonly title: string
  /** From the settings. @throws UserError when they ask for no such stack */
  plan(): Spec
  /** From what the last run left. */
  parse(spec: unknown): Spec | undefined
  render(spec: Spec): string
}

/** Value of kiro:sandbox on everything in it. */
const owner = 'shared'

const survey = async <Spec>(context: Context, side: SideStack<Spec>, spec: Spec) => {
  const record = await context.store.findRecord(side.stack)
  return surveyStack(context, side.stack, { record }, { json: side.render(spec), spec })
}

export interface SideResult<Spec> {
  readonly spec: Spec
  readonly changed: boolean
}

/** Makes it what the settings say; does nothing where it is so already. */
export const applySide = async <Spec>(
  context: Context,
  side: SideStack<Spec>,
  unlock: string | undefined,
): Promise<SideResult<Spec>> => {
  const spec = side.plan()
  const found = await survey(context, side, spec)
  if (decideStack(found) === 'keep') return { spec, changed: false }
  const { story } = context.io
  if (found.stateTag === undefined) await ensureStateBucket(context)
  const tools = await openTerraform(context)
  await story.step(side.title, () =>
    applyStack({ context, tools, story, owner, ...(unlock === undefined ? {} : { unlock }) }, found),
  )
  return { spec, changed: true }
}

/** What applying would change. Before the first run Terraform has no state to compare with: then it is everything. */
export const planSide = async <Spec>(context: Context, side: SideStack<Spec>): Promise<StackPlan> => {
  const found = await survey(context, side, side.plan())
  if (found.stateTag === undefined) {
    const labels = planLabels(found.json)
    const changes = listDeclared(found.json).map(({ address }) => ({
      ...{ action: 'create', resource: labels.get(address) ?? address, address },
    }))
    return { stack: side.stack, changes }
  }
  const tools = await openTerraform(context)
  return context.io.story.step(`Plan ${side.stack}`, () => planStack(context, tools, found))
}

/** What the last run was made from, since the settings may no longer ask for it; else what they ask for. */
const recall = <Spec>(side: SideStack<Spec>, recorded: unknown, hasState: boolean): Spec | undefined => {
  const spec = side.parse(recorded)
  if (spec !== undefined) return spec
  try {
    return side.plan()
  } catch (error) {
    if (!hasState && error instanceof UserError) return undefined
    throw error
  }
}

/** false: there was nothing. */
export const removeSide = async <Spec>(
  context: Context,
  side: SideStack<Spec>,
  unlock: string | undefined,
): Promise<boolean> => {
  const { store, target, io } = context
  const record = await store.findRecord(side.stack)
  const stateTag = await store.findStateTag(side.stack)
  const spec = recall(side, record?.spec, stateTag !== undefined)
  if (spec === undefined) return false
  const json = side.render(spec)
  if (stateTag === undefined && (await surveyExisting(target, json, owner)).length === 0) return false
  await askFor(io, context.yes, `remove ${side.title}`)
  const tools = await openTerraform(context)
  const removal = { stack: side.stack, owner, json, spec, absent: false }
  await io.story.step(`Remove ${side.title}`, () => removeStack(context, tools, io.story, removal, unlock))
  return true
}
