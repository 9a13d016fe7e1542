import { TerraformSession, type TerraformTools } from '../terraform/session.ts'
import { type Context, sessionOptions } from './context.ts'
import type { StackSurvey } from './survey-stack.ts'

export interface StackPlan {
  readonly stack: string
  readonly changes: readonly {
    readonly action: string
    readonly resource: string
    readonly address: string
  }[]
}

/** Terraform's own opinion of one stack. */
export const planStack = async (
  context: Context,
  tools: TerraformTools,
  { stack, json, spec }: StackSurvey,
): Promise<StackPlan> => {
  return TerraformSession.open(
    sessionOptions(context, tools, context.io.story),
    { stack, json, spec },
    async (session) => {
      const { planned } = await session.plan()
      return {
        stack,
        changes: planned.map(({ action, address }) => ({
          action,
          resource: session.label(address),
          address,
        })),
      }
    },
  )
}

export const renderChanges = (plans: readonly StackPlan[]): string =>
  plans
    .map(({ stack, changes }) =>
      changes.length === 0
        ? `${stack}: no changes`
        : [`${stack}:`, ...changes.map(({ action, resource }) => `  ${action} ${resource}`)].join('\n'),
    )
    .join('\n')
