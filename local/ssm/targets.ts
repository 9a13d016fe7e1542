import { notHere, Refusal } from '../gateway/json-api.ts'
import type { Target } from './command.ts'
import type { SsmMachine } from './fleet.ts'
import type { PingStatus } from './ping-book.ts'

export interface Reachable {
  readonly machine: SsmMachine
  readonly status: PingStatus
}

interface Asked {
  readonly InstanceIds: readonly string[]
  readonly Targets: readonly Target[]
}

const findByIds = (
  ids: readonly string[],
  machines: readonly Reachable[],
  accountId: string,
): readonly Reachable[] => {
  if (new Set(ids).size < ids.length)
    throw new Refusal('DuplicateInstanceId', 'You cannot specify an instance ID in more than one place.')
  const found = ids.map((id) => machines.find(({ machine }) => machine.instanceId === id))
  const wrong = ids.filter((_, index) => found[index]?.status !== 'Online')
  if (wrong.length > 0)
    throw new Refusal(
      'InvalidInstanceId',
      `Instances [[${wrong.join(', ')}]] not in a valid state for account ${accountId}`,
    )
  return found as Reachable[]
}

/** AWS takes `instanceids`, too. */
const isInstanceIds = (key: string): boolean => key.toLowerCase() === 'instanceids'

const matches = ({ Key, Values }: Target, { tags }: SsmMachine): boolean => {
  if (isInstanceIds(Key)) return true
  if (Key === 'tag-key') return Values.some((name) => Object.hasOwn(tags, name))
  const name = Key.slice('tag:'.length)
  return Object.hasOwn(tags, name) && Values.includes(tags[name] as string)
}

const refuseTarget = ({ Key, Values }: Target): void => {
  if (Key.startsWith('resource-groups:')) throw notHere('targets that are resource groups')
  if (!isInstanceIds(Key) && Key !== 'tag-key' && !Key.startsWith('tag:'))
    throw new Refusal(
      'InvalidTarget',
      `The target key ${Key} is not valid: InstanceIds, tag:<name> or tag-key.`,
    )
  if (Values.length === 0) throw new Refusal('InvalidTarget', `The target ${Key} has no values.`)
}

/**
 * The machines of a command. Named ones must be online, all of them; those that a tag picks may be away for now.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/send-commands-multiple.html
 */
export const findTargets = (
  { InstanceIds, Targets }: Asked,
  machines: readonly Reachable[],
  accountId: string,
): readonly Reachable[] => {
  if (InstanceIds.length > 0 && Targets.length > 0)
    throw new Refusal('ValidationException', 'InstanceIds and Targets exclude each other.')
  if (InstanceIds.length === 0 && Targets.length === 0)
    throw new Refusal('InvalidInstanceId', 'Neither InstanceIds nor Targets name an instance.')
  Targets.forEach(refuseTarget)
  const named = [
    ...InstanceIds,
    ...Targets.filter(({ Key }) => isInstanceIds(Key)).flatMap(({ Values }) => Values),
  ]
  const everything = named.length === 1 && named[0] === '*'
  const candidates = named.length === 0 || everything ? machines : findByIds(named, machines, accountId)
  return candidates.filter(({ machine }) => Targets.every((target) => matches(target, machine)))
}
