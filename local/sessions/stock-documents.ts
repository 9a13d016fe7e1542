import type { SessionDocument } from './session-document.ts'
import { parseSessionDocument } from './session-document.ts'

export const defaultDocument = 'SSM-SessionManagerRunShell'

const anyPort = '([1-9]|[1-9][0-9]{1,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])'
const port = (value: string) => ({ type: 'String', default: value, allowedPattern: anyPort })
const localPort = { type: 'String', default: '0', allowedPattern: `(0|${anyPort})` }
const command = { type: 'String' }
const prefix = { type: 'String', default: '', allowedPattern: '[0-9a-zA-Z\\r\\n_:-]{0,30}' }
const forwarding = {
  portNumber: '{{ portNumber }}',
  localPortNumber: '{{ localPortNumber }}',
  type: 'LocalPortForwarding',
}

/** Those of AWS, in our words; and what it does when an account has no preferences of its own. */
const contents: Readonly<Record<string, object>> = {
  [defaultDocument]: { sessionType: 'Standard_Stream' },
  'AWS-StartInteractiveCommand': {
    sessionType: 'InteractiveCommands',
    parameters: { command },
    properties: { linux: { commands: '{{ command }}', runAsElevated: false } },
  },
  'AWS-StartNonInteractiveCommand': {
    sessionType: 'NonInteractiveCommands',
    parameters: {
      command,
      separateOutputStream: { type: 'String', default: 'false', allowedPattern: '([Tt]rue|[Ff]alse)' },
      stdoutSeparatorPrefix: prefix,
      stderrSeparatorPrefix: prefix,
    },
    properties: {
      linux: {
        commands: '{{ command }}',
        runAsElevated: false,
        separateOutputStream: '{{ separateOutputStream }}',
        stdOutSeparatorPrefix: '{{ stdoutSeparatorPrefix }}',
        stdErrSeparatorPrefix: '{{ stderrSeparatorPrefix }}',
      },
    },
  },
  'AWS-StartSSHSession': {
    sessionType: 'Port',
    parameters: { portNumber: port('22') },
    properties: { portNumber: '{{ portNumber }}' },
  },
  'AWS-StartPortForwardingSession': {
    sessionType: 'Port',
    parameters: { portNumber: port('80'), localPortNumber: localPort },
    properties: forwarding,
  },
  'AWS-StartPortForwardingSessionToRemoteHost': {
    sessionType: 'Port',
    parameters: {
      host: { type: 'String', default: 'localhost' },
      portNumber: port('80'),
      localPortNumber: localPort,
    },
    properties: { host: '{{ host }}', ...forwarding },
  },
}

/** undefined: it is not one of AWS, and may be one of the account. */
export const findStockDocument = (name: string): SessionDocument | undefined => {
  const short = name.replace(/^arn:aws[\w-]*:ssm:[\w-]*:\d*:document\//, '')
  if (!Object.hasOwn(contents, short)) return undefined
  return parseSessionDocument(short, JSON.stringify({ schemaVersion: '1.0', ...contents[short] }))
}
