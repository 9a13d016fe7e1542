import type { Story } from '../../config/story.ts'
import { exitCode, UserError } from '../../config/user-error.ts'
import { surveyExisting } from '../adopt/survey.ts'
import type { PlannedAction } from '../terraform/events.ts'
import { TerraformSession, type TerraformTools } from '../terraform/session.ts'
import { type Context, sessionOptions } from './context.ts'
import { decideStack, type StackSurvey } from './survey-stack.ts'

/** What a person may add to `up`. */
export interface UpOptions {
  readonly refresh: boolean
  readonly unlock: string | undefined
}

export const unlockOf = ({ unlock }: UpOptions): { unlock?: string } =>
  unlock === undefined ? {} : { unlock }

export interface ApplyOptions {
  readonly context: Context
  readonly tools: TerraformTools
  readonly story: Story
  /** Value of kiro:sandbox on everything in the stack. */
  readonly owner: string
  readonly unlock?: string
}

/**
 * What cannot be undone by running the old settings again: a machine and its disk, or a stop in mid-work. A
 * tainted thing was never finished, so nobody has worked on it; nor on a machine whose first run never ended.
 */
export const listDisruptive = (planned: readonly PlannedAction[], finishedBefore: boolean): PlannedAction[] =>
  planned.filter(({ address, action, reason }) => {
    if (action === 'delete' || action === 'replace') return reason !== 'tainted'
    return action === 'update' && finishedBefore && address.startsWith('aws_instance.')
  })

/** Makes AWS what the JSON says and notes it beside the state. Asks before it disrupts anything that exists. */
export const applyStack = async (
  options: ApplyOptions,
  survey: StackSurvey,
): Promise<Readonly<Record<string, unknown>>> => {
  const { context, tools, story } = options
  const { stack, json, spec } = survey
  const decision = decideStack(survey)
  const unfinished = decision === 'make' || decision === 'finish'
  // Reading AWS and `terraform init` take half a second each and have nothing to do with each other.
  const looking = unfinished ? surveyExisting(context.target, json, options.owner) : Promise.resolve([])
  looking.catch(() => {})
  return TerraformSession.open(
    sessionOptions(context, tools, story, options.unlock),
    { stack, json, spec },
    async (session) => {
      const existing = await looking
      await session.adopt(existing)
      const planned = decision === 'make' && existing.length === 0 ? undefined : await session.plan()
      await confirmDisruption(options, session, survey, planned?.planned ?? [])
      // Without a change there is nothing to apply, and the outputs are those of the last run.
      const same = planned?.changesNothing === true ? survey.record?.outputs : undefined
      const outputs = same ?? (await session.apply()).outputs
      const stateTag = await context.store.findStateTag(stack)
      if (stateTag === undefined) throw new Error(`Terraform finished ${stack} but left no state`)
      await context.store.writeRecord(stack, {
        version: 1,
        digest: survey.digest,
        spec,
        outputs,
        stateTag,
        appliedAt: new Date().toISOString(),
        ...(survey.record?.userData === undefined ? {} : { userData: survey.record.userData }),
      })
      return outputs
    },
  )
}

const confirmDisruption = async (
  { context }: ApplyOptions,
  session: TerraformSession,
  { stack, record }: StackSurvey,
  planned: readonly PlannedAction[],
): Promise<void> => {
  const disruptive = listDisruptive(planned, record !== undefined)
  if (disruptive.length === 0 || context.yes) return
  const list = disruptive.map(({ address, action }) => `${action} ${session.label(address)}`).join(', ')
  if (!context.io.interactive)
    throw new UserError(`${stack} would be disrupted: ${list}`, {
      hint: 'add --yes to accept, or look at npm run sandbox:plan first',
    })
  if (!(await context.io.confirm(`This will ${list}. Go on?`)))
    throw new UserError('nothing was changed', { exitCode: exitCode.interrupted })
}
