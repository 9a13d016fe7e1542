import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { names } from '../../config/names.ts'
import type { SandboxSpec } from '../../config/spec.ts'
import { UserError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import { listDeclared } from '../adopt/imports.ts'
import { surveyExisting } from '../adopt/survey.ts'
import { findAgent } from '../aws/agent.ts'
import { findMachine } from '../aws/instances.ts'
import { type Context, readUserDataScript, sessionOptions } from '../sandbox/context.ts'
import { TerraformSession, type TerraformTools } from '../terraform/session.ts'
import { decideFates, planImports } from './fates.ts'
import { type Journal, startJournal } from './journal.ts'
import { judgePlan, type PlanJudgement } from './judge-plan.ts'
import { readMachine, refuseOwned } from './machine.ts'
import { planAdoptedSpec } from './plan-spec.ts'
import { readRole } from './roles.ts'
import { readStack } from './stack.ts'

export const renderStack = async ({ paths }: Context, spec: SandboxSpec): Promise<string> => {
  const { renderSandbox } = await import('../../stacks/synth.ts')
  return renderSandbox(spec, { userDataScript: await readUserDataScript(paths) })
}

const refuseSecond = async ({ store, target }: Context, user: UserName): Promise<void> => {
  const [state, machine] = await Promise.all([
    store.findStateTag(names.sandboxStack(user)),
    findMachine(target.sdk, user),
  ])
  if (state !== undefined || machine !== undefined)
    throw new UserError(
      `${user} has a sandbox already${machine === undefined ? '' : `: ${machine.instanceId}`}`,
      {
        hint: 'an engineer has one: choose another --user, or npm run sandbox:down first',
      },
    )
}

/** Everything there is to know before anything is touched. Reads only. */
export const surveyAdoption = async (
  context: Context,
  stackName: string,
  user: UserName,
): Promise<Journal> => {
  const { target, settings } = context
  await refuseSecond(context, user)
  const stack = await readStack(target.sdk, stackName)
  const resources = decideFates(stackName, stack.resources, user)
  const machineId = resources.find(({ type }) => type === 'AWS::EC2::Instance')?.physicalId ?? ''
  const machine = await readMachine(target.sdk, machineId)
  refuseOwned(machine)
  if ((await findAgent(target.sdk, machineId)).state === 'offline')
    throw new UserError(`the SSM agent of ${machineId} does not answer, and its AWS profiles must change`, {
      hint: `aws ssm start-session --target ${machineId} has to work first`,
    })
  const spec = planAdoptedSpec(settings, target.accountId, user, stackName, machine)
  const declared = listDeclared(await renderStack(context, spec))
  const ownRoles = resources.filter(({ type, fate }) => type === 'AWS::IAM::Role' && fate === 'import')
  const roles = await Promise.all(ownRoles.map(({ physicalId }) => readRole(target.sdk, physicalId)))
  return startJournal({
    ...{ stack: stackName, stackId: stack.id, user },
    ...{ template: stack.template, parameters: [...stack.parameters] },
    ...{ resources, machine, roles, spec },
    imports: planImports(resources, declared),
  })
}

/** The stack of the sandbox with a state of its own on this computer, that nothing is ever applied to. */
const renderLook = (json: string): string => {
  const stack = JSON.parse(json) as { terraform: Record<string, unknown> }
  return `${JSON.stringify({ ...stack, terraform: { ...stack.terraform, backend: { local: {} } } }, null, 2)}\n`
}

/** What Terraform would make of what was found. Reads only, and needs no state bucket. */
export const lookAhead = async (
  context: Context,
  tools: TerraformTools,
  { user, spec, imports }: Journal,
): Promise<PlanJudgement> => {
  const json = await renderStack(context, spec as SandboxSpec)
  const stack = `adopt-${user}`
  try {
    return await TerraformSession.open(
      sessionOptions(context, tools, context.io.story),
      { stack, json: renderLook(json), spec },
      async (session) => {
        await session.adopt(await surveyExisting(context.target, json, user, imports))
        return judgePlan(await session.planInDetail(), (address) => session.label(address))
      },
    )
  } finally {
    await rm(join(context.target.folder, stack), { recursive: true, force: true })
  }
}
