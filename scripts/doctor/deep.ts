import { type Finding, fine, wrong } from '../../config/finding.ts'
import { openTerraform } from '../sandbox/context.ts'
import { parseNetworkOutputs, surveyNetwork } from '../sandbox/network.ts'
import { planStack, type StackPlan } from '../sandbox/plan-stack.ts'
import { findImage, surveySandbox } from '../sandbox/sandbox-survey.ts'
import { type Ground, userOf } from './ground.ts'

export const decidePlan = ({ stack, changes }: StackPlan): Finding => {
  if (changes.length === 0) return fine(stack, 'Terraform would change nothing')
  const [first] = changes
  const rest = changes.length === 1 ? '' : ` and ${changes.length - 1} more`
  const user = userOf(stack)
  return wrong(
    stack,
    `Terraform would ${first?.action} ${first?.resource}${rest}`,
    user === undefined
      ? 'npm run sandbox:up -- --user <name> --refresh'
      : `npm run sandbox:plan -- --user ${user}, then npm run sandbox:up -- --user ${user} --refresh`,
  )
}

/** One after the other: each run of Terraform keeps a core busy. */
export const planAll = async (ground: Ground): Promise<StackPlan[]> => {
  const { context } = ground
  const network = await surveyNetwork(context)
  if (network.record === undefined) return []
  const tools = await openTerraform(context)
  const [image, users] = await Promise.all([findImage(context), ground.users()])
  const outputs = parseNetworkOutputs(network.record.outputs)
  const plans = [await planStack(context, tools, network)]
  for (const user of users)
    plans.push(await planStack(context, tools, await surveySandbox(context, user, outputs, image)))
  return plans
}
