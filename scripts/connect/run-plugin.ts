import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { UserError } from '../../config/user-error.ts'
import type { Ticket } from '../../connect/ssm/control.ts'
import { createSessionControl } from '../aws/sessions.ts'
import type { Context } from '../sandbox/context.ts'
import type { Place } from './explain.ts'

const program = 'session-manager-plugin'
/** The plugin reads the session from the variable of this name; on the command line everybody could see the token. */
const variable = 'AWS_SSM_START_SESSION_RESPONSE'

/** https://github.com/aws/aws-cli/blob/v2/awscli/customizations/sessionmanager.py */
export const planPluginArguments = (
  region: string,
  profile: string,
  instanceId: string,
  endpoint: string,
) => [...[variable, region, 'StartSession', profile, JSON.stringify({ Target: instanceId }), endpoint]]

const renderResponse = ({ sessionId, token, streamUrl }: Ticket): string =>
  JSON.stringify({ SessionId: sessionId, TokenValue: token, StreamUrl: streamUrl })

const run = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { env, stdio: 'inherit' })
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 0)))
  })

/** Keys that mean a signal are for the plugin alone, as under the AWS CLI. Its exit code says nothing of the session. */
export const runPlugin = async (
  { target }: Context,
  { region, instanceId }: Place,
  ticket: Ticket,
): Promise<number> => {
  const endpoint = target.sdk.endpoint ?? `https://ssm.${region}.amazonaws.com`
  const args = planPluginArguments(region, process.env.AWS_PROFILE ?? '', instanceId, endpoint)
  try {
    return await run(args, { ...target.environment, [variable]: renderResponse(ticket) })
  } catch (error) {
    await createSessionControl(target.sdk)
      .terminate(ticket.sessionId)
      .catch(() => {})
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new UserError(`there is no ${program} on PATH`, {
      hint: 'leave --plugin away; nothing has to be installed then',
    })
  }
}
