import { Refusal } from '../gateway/json-api.ts'
import { type Command, isFinal, runShellScript, type State } from './command.ts'

/** What can be filtered: a command as a whole, or an invocation with the time of its command. */
export interface Filterable extends State {
  readonly requestedAt: number
}

export interface CommandFilter {
  readonly key: string
  readonly value: string
}

const parseTime = ({ key, value }: CommandFilter): number => {
  const time = Date.parse(value)
  if (Number.isNaN(time))
    throw new Refusal(
      'ValidationException',
      `The value ${value} of the filter ${key} is no time: 2021-07-07T00:00:00Z.`,
    )
  return time
}

const stages: Readonly<Record<string, (state: State) => boolean>> = {
  Executing: (state) => !isFinal(state),
  Complete: isFinal,
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CommandFilter.html */
export const planFilter = (filter: CommandFilter): ((item: Filterable) => boolean) => {
  const { key, value } = filter
  if (key === 'InvokedAfter' || key === 'InvokedBefore') {
    const time = parseTime(filter)
    return ({ requestedAt }) => (key === 'InvokedAfter' ? requestedAt >= time : requestedAt < time)
  }
  if (key === 'Status') return ({ status, details }) => status === value || details === value
  if (key === 'DocumentName') return () => value === runShellScript
  const stage = key === 'ExecutionStage' && Object.hasOwn(stages, value) ? stages[value] : undefined
  if (stage !== undefined) return stage
  if (key === 'ExecutionStage')
    throw new Refusal(
      'ValidationException',
      `The value ${value} of ExecutionStage is neither Executing nor Complete.`,
    )
  throw new Refusal('InvalidFilterKey', `The specified key ${key} is not valid.`)
}

export const matchesAll = (
  filters: readonly CommandFilter[] | undefined,
): ((item: Filterable) => boolean) => {
  const tests = (filters ?? []).map(planFilter)
  return (item) => tests.every((test) => test(item))
}

/** Commands of one region, and of one command or machine when that is asked for. */
export const isAskedFor =
  (
    region: string,
    asked: { readonly CommandId?: string | undefined; readonly InstanceId?: string | undefined },
  ) =>
  ({ commandId, region: its, invocations }: Command): boolean =>
    its === region &&
    (asked.CommandId === undefined || asked.CommandId === commandId) &&
    (asked.InstanceId === undefined || invocations.some(({ instanceId }) => instanceId === asked.InstanceId))
