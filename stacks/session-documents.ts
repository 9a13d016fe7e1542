import { names } from '../config/names.ts'
import type { NetworkSpec } from '../config/spec.ts'

type Limits = NetworkSpec['session']

/**
 * Whose session it is and when it ends. Values are strings, also the numbers; the service enforces the times, the
 * agent never reads them.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html
 */
const ends = ({ idleMinutes, maxMinutes }: Limits) => ({
  runAsEnabled: true,
  runAsDefaultUser: names.sandboxUser,
  idleSessionTimeout: String(idleMinutes),
  maxSessionDuration: String(maxMinutes),
})

/** What is shown goes to the log group as well. */
const logged = (limits: Limits) => ({
  ...ends(limits),
  cloudWatchLogGroupName: names.sessionLogGroup,
  cloudWatchEncryptionEnabled: false,
  cloudWatchStreamingEnabled: true,
})

const text = (description: string, allowedPattern: string, value?: string) => ({
  type: 'String',
  description,
  allowedPattern,
  ...(value === undefined ? {} : { default: value }),
})

const port = {
  type: 'String',
  description: 'TCP port on the sandbox',
  allowedPattern:
    '^([1-9]|[1-9][0-9]{1,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$',
}

const shell = (limits: Limits) => ({
  description: 'Shell on a Kiro sandbox, as the sandbox user',
  sessionType: 'Standard_Stream',
  inputs: { ...logged(limits), shellProfile: { linux: 'cd "$HOME" && exec bash -l' } },
})

const login = (limits: Limits) => ({
  description: 'Login of Kiro on a sandbox, by device flow',
  sessionType: 'InteractiveCommands',
  // The log group keeps what a session shows; a pending device code is a secret and must not lie there.
  inputs: ends(limits),
  parameters: {
    license: text('free for AWS Builder ID, pro for IAM Identity Center', '^(free|pro)$', 'free'),
    startUrl: text(
      'Start URL of IAM Identity Center, or none',
      '^(none|https://[a-zA-Z0-9./_-]{1,200})$',
      'none',
    ),
    region: text('Region of IAM Identity Center, or none', '^(none|[a-z]{2}(-[a-z]+)+-[0-9])$', 'none'),
  },
  properties: {
    linux: { commands: 'kiro-sandbox-login {{ license }} {{ startUrl }} {{ region }}', runAsElevated: false },
  },
})

const agent = (limits: Limits) => ({
  description: 'Kiro on a sandbox, with one of its two agents',
  sessionType: 'InteractiveCommands',
  inputs: logged(limits),
  parameters: { agent: text('readonly or elevated', '^(readonly|elevated)$', 'readonly') },
  // A session with a terminal has no exit code of its own; connect/terminal/exit-mark.ts reads this one.
  properties: {
    linux: {
      commands: `cd; kiro-sandbox chat {{ agent }}; printf '\\033]7379;%d\\007' "$?"`,
      runAsElevated: false,
    },
  },
})

const command = (limits: Limits) => ({
  description: 'One command on a Kiro sandbox, as the sandbox user, with its own error stream and exit code',
  sessionType: 'NonInteractiveCommands',
  inputs: logged(limits),
  parameters: { command: { type: 'String', description: 'Command line for bash' } },
  properties: {
    linux: {
      commands: '{{ command }}',
      runAsElevated: false,
      separateOutputStream: true,
      stdOutSeparatorPrefix: '',
      stdErrSeparatorPrefix: '',
    },
  },
})

const forward = () => ({
  description: 'A port of a Kiro sandbox',
  sessionType: 'Port',
  parameters: {
    portNumber: port,
    localPortNumber: text('Port at the other end', '^[0-9]{1,5}$', '0'),
  },
  properties: {
    portNumber: '{{ portNumber }}',
    localPortNumber: '{{ localPortNumber }}',
    type: 'LocalPortForwarding',
  },
})

const forwardHost = () => {
  const { description: _, ...own } = forward()
  const host = { type: 'String', description: 'Name or address', allowedPattern: '^[a-zA-Z0-9.:-]{1,253}$' }
  return {
    description: 'A port of a host that a Kiro sandbox reaches',
    ...own,
    parameters: { host, ...own.parameters },
    properties: { host: '{{ host }}', ...own.properties },
  }
}

/** A port without `type` is the plain stream that an ssh client expects. */
const ssh = () => ({
  description: 'ssh to a Kiro sandbox',
  sessionType: 'Port',
  properties: { portNumber: '22' },
})

/** Session Manager's documents by their kind in `names.sessionDocuments`, as JSON. */
export const renderSessionDocuments = (
  limits: Limits,
): Record<keyof typeof names.sessionDocuments, string> => {
  const render = (document: object) => JSON.stringify({ schemaVersion: '1.0', ...document })
  return {
    shell: render(shell(limits)),
    login: render(login(limits)),
    agent: render(agent(limits)),
    command: render(command(limits)),
    forward: render(forward()),
    forwardHost: render(forwardHost()),
    ssh: render(ssh()),
  }
}
