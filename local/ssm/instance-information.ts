import * as z from 'zod'
import { Refusal } from '../gateway/json-api.ts'
import type { SsmMachine } from './fleet.ts'
import type { Ping, PingStatus } from './ping-book.ts'

const values = z.array(z.string().min(1)).min(1).max(100)

export const describeInstanceInformation = z.object({
  Filters: z.array(z.object({ Key: z.string().min(1), Values: values })).optional(),
  /** The older way to say the same, without tags. */
  InstanceInformationFilterList: z.array(z.object({ key: z.string().min(1), valueSet: values })).optional(),
  MaxResults: z.number().int().min(5).max(50).default(50),
  NextToken: z.string().optional(),
})

export interface Managed {
  readonly machine: SsmMachine
  readonly ping: Ping
  readonly status: PingStatus
}

interface Filter {
  readonly key: string
  readonly values: readonly string[]
}

/** What a filter looks at. Associations do not exist here, and EC2 instances have no activation. */
const facts: Readonly<Record<string, (managed: Managed) => string | null>> = {
  InstanceIds: ({ machine }) => machine.instanceId,
  PingStatus: ({ status }) => status,
  AgentVersion: ({ ping }) => ping.agentVersion,
  PlatformTypes: ({ ping }) => ping.platformType,
  IamRole: ({ machine }) => machine.roleName,
  ResourceType: () => 'EC2Instance',
  AssociationStatus: () => null,
  ActivationIds: () => null,
}

const allowed: Readonly<Record<string, readonly string[]>> = {
  PingStatus: ['Online', 'ConnectionLost', 'Inactive'],
  PlatformTypes: ['Windows', 'Linux', 'MacOS'],
  ResourceType: ['EC2Instance', 'ManagedInstance'],
}

const refuseFilter = ({ key, values: given }: Filter, mayBeTag: boolean): Refusal | undefined => {
  if (mayBeTag && (key.startsWith('tag:') || key === 'tag-key')) return undefined
  if (!Object.hasOwn(facts, key))
    return new Refusal('InvalidFilterKey', `The specified filter key ${key} is not valid.`)
  const wrong = given.find((value) => allowed[key]?.includes(value) === false)
  if (wrong === undefined) return undefined
  return new Refusal(
    'InvalidInstanceInformationFilterValue',
    `The filter value ${wrong} of ${key} is not valid.`,
  )
}

const matches =
  (managed: Managed) =>
  ({ key, values: wanted }: Filter): boolean => {
    const { tags } = managed.machine
    if (key === 'tag-key') return wanted.some((name) => Object.hasOwn(tags, name))
    if (key.startsWith('tag:')) {
      const name = key.slice('tag:'.length)
      return Object.hasOwn(tags, name) && wanted.includes(tags[name] as string)
    }
    const fact = facts[key]?.(managed) ?? null
    return fact !== null && wanted.includes(fact)
  }

type Input = z.output<typeof describeInstanceInformation>

/** Values of one filter are alternatives; a machine must satisfy every filter. */
export const filterManaged = (all: readonly Managed[], input: Input): readonly Managed[] => {
  const { Filters, InstanceInformationFilterList: older } = input
  if (Filters !== undefined && older !== undefined)
    throw new Refusal('ValidationException', 'Filters and InstanceInformationFilterList exclude each other.')
  const filters: Filter[] =
    older?.map(({ key, valueSet }) => ({ key, values: valueSet })) ??
    (Filters ?? []).map(({ Key, Values }) => ({ key: Key, values: Values }))
  for (const filter of filters) {
    const refusal = refuseFilter(filter, older === undefined)
    if (refusal !== undefined) throw refusal
  }
  return all.filter((managed) => filters.every(matches(managed)))
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InstanceInformation.html, as for EC2. */
export const renderManaged = ({ machine, ping, status }: Managed) => ({
  InstanceId: machine.instanceId,
  PingStatus: status,
  LastPingDateTime: ping.at / 1000,
  AgentVersion: ping.agentVersion,
  IsLatestVersion: true,
  PlatformType: ping.platformType,
  PlatformName: ping.platformName,
  PlatformVersion: ping.platformVersion,
  ResourceType: 'EC2Instance',
  IPAddress: ping.ipAddress,
  ComputerName: ping.computerName,
  SourceId: machine.instanceId,
  SourceType: 'AWS::EC2::Instance',
})
