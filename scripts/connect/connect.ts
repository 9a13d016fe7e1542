import { exitCode } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import { runSessionCommand } from '../../connect/ssm/run-command.ts'
import type { Context } from '../sandbox/context.ts'
import { type ConnectOptions, type Errand, explained, settle, start, tellTrouble } from './errand.ts'
import { forwardAll } from './forwards.ts'
import { ensureLogin } from './login.ts'
import { type ConnectPlan, planSessionRequest, type SessionRequest } from './plan-connect.ts'
import { reachMachine } from './reach.ts'
import { shell, terminal } from './terminal.ts'

/** Returns the exit code of what ran there. */
export const connectSandbox = async (
  context: Context,
  user: UserName,
  plan: ConnectPlan,
  options: ConnectOptions,
): Promise<number> => {
  const { instanceId } = await reachMachine(context, user)
  const place = { user, instanceId, region: context.target.region, document: '' }
  const errand = { context, place, ...options }
  if (plan.kind === 'forward') return forwardAll(errand, plan.forwards)
  if (plan.kind === 'command') return command(errand, planSessionRequest(plan))
  if (plan.kind === 'login') return loginOnly(errand)
  if (plan.kind === 'shell') return shell(errand, planSessionRequest(plan))
  await ensureLogin(context, errand)
  return terminal(errand, planSessionRequest(plan))
}

const loginOnly = async (errand: Errand): Promise<number> => {
  const before = await ensureLogin(errand.context, errand)
  if (before) errand.context.io.story.say('Kiro is logged in already')
  return exitCode.done
}

const command = async (errand: Errand, request: SessionRequest): Promise<number> => {
  const { here, connect, delegated } = await start(errand, request)
  if (delegated !== undefined) return delegated
  const { signal } = errand.context.io
  const ended = await runSessionCommand(connect, {
    ...{ output: process.stdout, errorOutput: process.stderr, signal },
    onTrouble: tellTrouble(errand),
  }).catch(explained(here))
  return settle(errand, here, ended)
}
