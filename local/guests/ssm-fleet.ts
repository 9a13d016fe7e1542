import type { Fleet, SsmMachine } from '../ssm/fleet.ts'
import type { Guests } from './guests.ts'
import type { Machine } from './machine.ts'
import { planHostname } from './plan-container.ts'

const asSsmMachine = ({ instance, bootedAt }: Machine): SsmMachine => ({
  instanceId: instance.instanceId,
  region: instance.region,
  state: instance.state,
  bootedAt,
  privateIp: instance.network.privateIp,
  name: planHostname(instance),
  imageId: instance.image.imageId,
  roleName: instance.profile?.roleName ?? null,
  tags: instance.tags,
})

/** The machines as Systems Manager looks at them. */
export const createSsmFleet = (guests: Guests): Fleet => ({
  find(instanceId) {
    const machine = guests.fleet?.find(instanceId)
    return machine === undefined ? undefined : asSsmMachine(machine)
  },
  list: (region) =>
    (guests.fleet?.list() ?? []).filter(({ instance }) => instance.region === region).map(asSsmMachine),
})
