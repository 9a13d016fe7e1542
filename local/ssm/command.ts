/** https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html */
export type Status = 'Pending' | 'InProgress' | 'Cancelling' | 'Success' | 'Failed' | 'TimedOut' | 'Cancelled'

/** As the API writes them: the documentation puts blanks in, answers of AWS have none. */
export type Details =
  | Status
  | 'DeliveryTimedOut'
  | 'ExecutionTimedOut'
  | 'Undeliverable'
  | 'Terminated'
  | 'Incomplete'
  | 'NoInstancesInTag'

export interface State {
  readonly status: Status
  readonly details: Details
}

/** One command on one machine. Times are milliseconds since 1970. */
export interface Invocation extends State {
  readonly instanceId: string
  /** Value of its tag Name when the command was sent. */
  readonly instanceName: string
  /** -1 until the script has ended, and when it never began. */
  readonly responseCode: number
  readonly startedAt: number | null
  readonly endedAt: number | null
}

export interface Target {
  readonly Key: string
  readonly Values: readonly string[]
}

export interface Command {
  readonly commandId: string
  readonly region: string
  readonly documentVersion: string
  readonly comment: string
  readonly parameters: Readonly<Record<string, readonly string[]>>
  /** As it was asked for; empty when it came with targets. */
  readonly instanceIds: readonly string[]
  readonly targets: readonly Target[]
  readonly requestedAt: number
  /** Seconds until it must have reached a machine. */
  readonly timeoutSeconds: number
  /** Seconds that the script may run. */
  readonly executionSeconds: number
  readonly maxConcurrency: string
  readonly maxErrors: string
  readonly outputS3KeyPrefix: string
  readonly cancelled: boolean
  readonly invocations: readonly Invocation[]
}

export const runShellScript = 'AWS-RunShellScript'
export const pluginName = 'aws:runShellScript'

export const isFinal = ({ status }: Pick<State, 'status'>): boolean =>
  status !== 'Pending' && status !== 'InProgress' && status !== 'Cancelling'

export const isOpen = (command: Command): boolean => !command.invocations.every(isFinal)

/** Counts against MaxErrors. What never arrived does not. */
const isError = ({ details }: State): boolean => details === 'Failed' || details === 'ExecutionTimedOut'

/** `10`, or `25%` of the machines, rounded down. */
const parseShare = (text: string, total: number): number =>
  text.endsWith('%') ? Math.floor((total * Number.parseInt(text, 10)) / 100) : Number(text)

const exceedsErrors = ({ invocations, maxErrors }: Command): boolean =>
  invocations.filter(isError).length > parseShare(maxErrors, invocations.length)

const decideEnd = (command: Command): State => {
  const { invocations } = command
  if (invocations.length === 0) return { status: 'Success', details: 'NoInstancesInTag' }
  if (invocations.every(({ status }) => status === 'Success'))
    return { status: 'Success', details: 'Success' }
  if (command.cancelled) return { status: 'Cancelled', details: 'Cancelled' }
  const only = invocations[0] as Invocation
  if (invocations.every(({ details }) => details === only.details))
    return { status: only.status, details: only.details }
  if (exceedsErrors(command)) return { status: 'Failed', details: 'Failed' }
  return { status: 'Failed', details: 'Incomplete' }
}

/** The command as a whole, from what became of it on each machine. */
export const decideStatus = (command: Command): State => {
  const { invocations } = command
  if (!isOpen(command)) return decideEnd(command)
  const both = (status: Status): State => ({ status, details: status })
  if (command.cancelled) return both('Cancelling')
  return both(invocations.every(({ status }) => status === 'Pending') ? 'Pending' : 'InProgress')
}

export const countInvocations = ({ invocations }: Command) => ({
  targets: invocations.length,
  completed: invocations.filter(isFinal).length,
  errors: invocations.filter(isError).length,
  deliveryTimedOut: invocations.filter(({ details }) => details === 'DeliveryTimedOut').length,
})

export interface Next {
  readonly start: readonly Invocation[]
  /** Too much went wrong on the others. */
  readonly terminate: readonly Invocation[]
}

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/send-commands-multiple.html: MaxConcurrency, MaxErrors. */
export const decideNext = (command: Command, isOnline: (instanceId: string) => boolean): Next => {
  const { invocations, maxConcurrency } = command
  const pending = invocations.filter(({ status }) => status === 'Pending')
  if (exceedsErrors(command)) return { start: [], terminate: pending }
  const running = invocations.filter((invocation) => !isFinal(invocation)).length - pending.length
  const room = Math.max(1, parseShare(maxConcurrency, invocations.length)) - running
  const reachable = pending.filter(({ instanceId }) => isOnline(instanceId))
  return { start: reachable.slice(0, Math.max(0, room)), terminate: [] }
}
