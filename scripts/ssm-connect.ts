import { usageError } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'

const name = 'ssm:connect'
/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartSession.html */
const longestReason = 256

const parseReason = (reason: string | undefined): string | undefined => {
  if (reason === undefined || (reason !== '' && reason.length <= longestReason && !/[\r\n]/.test(reason)))
    return reason
  throw usageError(`--reason has ${reason.length} characters, not 1 to ${longestReason} on one line`)
}

export const command = defineCommand({
  name,
  summary: 'Kiro on a sandbox, in this terminal: starts the machine, logs in, and talks with the agent',
  flags: {
    user: { type: 'string', value: 'name', about: 'the engineer whose sandbox it is' },
    agent: {
      type: 'string',
      value: 'name',
      about: 'readonly (default) or elevated',
      choices: ['readonly', 'elevated'],
    },
    shell: { type: 'boolean', about: 'a login shell instead of the agent' },
    'login-only': { type: 'boolean', about: 'log in to Kiro and stop' },
    command: { type: 'string', value: 'line', about: 'run this there with bash; its exit code is ours' },
    forward: {
      type: 'string',
      value: 'local:host:port',
      about: 'a port here leads to one there, as ssh -L; may be repeated',
      multiple: true,
    },
    reason: { type: 'string', value: 'text', about: 'for those who read the list of sessions' },
    'no-browser': { type: 'boolean', about: 'show the link of a login, open nothing' },
    plugin: { type: 'boolean', about: 'hand over to an installed session-manager-plugin' },
    target: common.target,
    config: common.config,
  },
  examples: [
    'npm run ssm:connect -- --user alice',
    'npm run ssm:connect -- --user alice --shell',
    "npm run -s ssm:connect -- --user alice --command 'aws sts get-caller-identity'",
    'npm run ssm:connect -- --user alice --forward 8080:localhost:3000',
  ],
  run: async (flags, io) => {
    const { planConnect } = await import('./connect/plan-connect.ts')
    const { openContext, parseUsers, renderCommand } = await import('./sandbox/context.ts')
    const [user] = parseUsers(name, flags.user === undefined ? [] : [flags.user])
    if (user === undefined) throw usageError('--user is missing', `npm run ${name} -- --user alice`)
    const plan = planConnect({ ...flags, loginOnly: flags['login-only'] })
    const reason = parseReason(flags.reason)
    const context = await openContext(renderCommand(name, [user]), flags, io)
    const { connectSandbox } = await import('./connect/connect.ts')
    return connectSandbox(context, user, plan, {
      ...{ reason, browser: !flags['no-browser'], plugin: flags.plugin },
    })
  },
})
