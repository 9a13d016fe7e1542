import { names } from '../../config/names.ts'
import type { UserName } from '../../config/user-name.ts'
import { listDeclared } from '../adopt/imports.ts'
import { checkGround } from '../network/check-ground.ts'
import { renderMove } from '../network/decide-move.ts'
import type { Context } from './context.ts'
import { decideDrift, findFacts } from './facts.ts'
import { findMove, parseNetworkOutputs, surveyNetwork } from './network.ts'
import { findImage, surveySandbox } from './sandbox-survey.ts'
import { decideStack, type StackDecision, type StackSurvey } from './survey-stack.ts'

export interface PlannedStack {
  readonly stack: string
  readonly decision: StackDecision
  readonly resources: number | undefined
  readonly reasons: readonly string[]
}

const words: Readonly<Record<StackDecision, string>> = {
  make: 'make',
  finish: 'finish what an earlier run left',
  change: 'change to the new settings',
  keep: 'keep as it is',
}

export const renderPlan = (stacks: readonly PlannedStack[]): string =>
  stacks
    .map(({ stack, decision, resources, reasons }) => {
      const size = resources === undefined ? '' : ` (${resources} resources)`
      return [`${words[decision]}: ${stack}${size}`, ...reasons.map((reason) => `  because ${reason}`)].join(
        '\n',
      )
    })
    .join('\n')

const plannedOf = (survey: StackSurvey, reasons: readonly string[]): PlannedStack => {
  const decision = decideStack(survey)
  return {
    stack: survey.stack,
    decision: decision === 'keep' && reasons.length > 0 ? 'change' : decision,
    resources: listDeclared(survey.json).length,
    reasons,
  }
}

/** What `sandbox:up` would do, from the same decisions and without Terraform. Reads only. */
export const planUp = async (context: Context, users: readonly UserName[]): Promise<PlannedStack[]> => {
  const network = await surveyNetwork(context)
  await checkGround(context.target.sdk, network.spec)
  const move = await findMove(context, network)
  const first = plannedOf(network, move === undefined ? [] : [renderMove(move)])
  if (network.record === undefined)
    return [
      first,
      ...users.map((user) => ({
        stack: names.sandboxStack(user),
        decision: 'make' as const,
        resources: undefined,
        reasons: [],
      })),
    ]
  const outputs = parseNetworkOutputs(network.record.outputs)
  const image = await findImage(context)
  const sandboxes = await Promise.all(
    users.map(async (user) => {
      const survey = await surveySandbox(context, user, outputs, image)
      const known = survey.stateTag !== undefined && survey.record !== undefined
      return plannedOf(
        survey,
        known ? decideDrift(survey.spec, await findFacts(context.target, survey.spec)) : [],
      )
    }),
  )
  return [first, ...sandboxes]
}
