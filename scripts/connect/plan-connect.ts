import { names } from '../../config/names.ts'
import { quoteWord } from '../../config/shell-word.ts'
import { usageError } from '../../config/user-error.ts'
import { type Forward, parseForward } from './forward.ts'

/** What ssm:connect was asked for, as typed. */
export interface ConnectFlags {
  readonly agent: string | undefined
  readonly shell: boolean
  readonly loginOnly: boolean
  readonly command: string | undefined
  readonly forward: readonly string[]
}

export type ConnectPlan =
  | { readonly kind: 'agent'; readonly agent: 'readonly' | 'elevated' }
  | { readonly kind: 'shell' }
  | { readonly kind: 'login' }
  | { readonly kind: 'command'; readonly command: string }
  | { readonly kind: 'forward'; readonly forwards: readonly Forward[] }

/** The kinds of work that exclude each other, and which of them were asked for. */
const asked = (flags: ConnectFlags): string[] =>
  Object.entries({
    '--agent': flags.agent !== undefined,
    '--shell': flags.shell,
    '--login-only': flags.loginOnly,
    '--command': flags.command !== undefined,
    '--forward': flags.forward.length > 0,
  }).flatMap(([flag, given]) => (given ? [flag] : []))

/** Kiro with the readonly agent unless something else is asked for. */
export const planConnect = (flags: ConnectFlags): ConnectPlan => {
  const [first, second] = asked(flags)
  if (first !== undefined && second !== undefined)
    throw usageError(
      `${first} and ${second} exclude each other`,
      'give one of them, and run the other beside it',
    )
  if (flags.shell) return { kind: 'shell' }
  if (flags.loginOnly) return { kind: 'login' }
  if (flags.command !== undefined) {
    if (flags.command.trim() === '')
      throw usageError('--command is empty', "--command 'aws sts get-caller-identity'")
    return { kind: 'command', command: flags.command }
  }
  if (flags.forward.length > 0) return { kind: 'forward', forwards: planForwards(flags.forward) }
  return { kind: 'agent', agent: flags.agent === 'elevated' ? 'elevated' : 'readonly' }
}

const planForwards = (texts: readonly string[]): Forward[] => {
  const forwards = texts.map(parseForward)
  const ports = forwards.map(({ localPort }) => localPort)
  const twice = ports.find((port, index) => ports.indexOf(port) !== index)
  if (twice !== undefined)
    throw usageError(`--forward uses local port ${twice} twice`, 'give each forward a local port of its own')
  return forwards
}

/** Document and parameters of StartSession. Every value is a list. */
export interface SessionRequest {
  readonly document: string
  readonly parameters: Readonly<Record<string, readonly string[]>>
}

export const planForwardRequest = ({ host, port, localPort }: Forward): SessionRequest => {
  const ports = { portNumber: [String(port)], localPortNumber: [String(localPort)] }
  return host === undefined
    ? { document: names.sessionDocuments.forward, parameters: ports }
    : { document: names.sessionDocuments.forwardHost, parameters: { host: [host], ...ports } }
}

/** The agent splits a command line into words and starts the first: pipes and variables need a shell. */
export const planCommandRequest = (line: string): SessionRequest => ({
  document: names.sessionDocuments.command,
  // The agent starts programs in /usr/bin.
  parameters: { command: [`bash -lc ${quoteWord(`cd; ${line}`)}`] },
})

export const planSessionRequest = (
  plan: Exclude<ConnectPlan, { kind: 'forward' | 'login' }>,
): SessionRequest => {
  const { shell, agent } = names.sessionDocuments
  if (plan.kind === 'shell') return { document: shell, parameters: {} }
  if (plan.kind === 'agent') return { document: agent, parameters: { agent: [plan.agent] } }
  return planCommandRequest(plan.command)
}

/** Where Kiro users log in: AWS Builder ID, or the IAM Identity Center of a company. */
export interface LoginSettings {
  readonly startUrl?: string | undefined
  readonly region?: string | undefined
}

export const planLoginRequest = ({ startUrl, region }: LoginSettings): SessionRequest => ({
  document: names.sessionDocuments.login,
  parameters: {
    license: [startUrl === undefined ? 'free' : 'pro'],
    startUrl: [startUrl ?? 'none'],
    region: [region ?? 'none'],
  },
})
