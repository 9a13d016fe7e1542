import type { AdoptedSpec } from '../../config/adopted.ts'
import { planSandboxSpec } from '../../config/plan-specs.ts'
import type { Settings } from '../../config/settings.ts'
import type { SandboxSpec } from '../../config/spec.ts'
import type { UserName } from '../../config/user-name.ts'
import type { FoundMachine } from './machine.ts'

/** What only another machine could have stays as it was found. */
export const planFound = (
  settings: Settings,
  stack: string,
  machine: FoundMachine,
): Pick<SandboxSpec, 'image' | 'network' | 'instance'> & { readonly adopted: AdoptedSpec } => {
  const { vpcId, subnetId, securityGroupId, root } = machine
  return {
    image: { id: machine.imageId, kind: 'stock', rootDevice: root.device },
    network: { vpcId, subnetId, securityGroupId },
    instance: { ...settings.instance, type: machine.type, rootVolumeGiB: root.sizeGiB },
    adopted: {
      stack,
      rootEncrypted: root.encrypted,
      ebsOptimized: machine.ebsOptimized,
      publicAddress: machine.publicAddress,
      endpoints: machine.endpoints,
    },
  }
}

/** The sandbox that a found machine becomes. */
export const planAdoptedSpec = (
  settings: Settings,
  accountId: string,
  user: UserName,
  stack: string,
  machine: FoundMachine,
): SandboxSpec => {
  const previous = planFound(settings, stack, machine)
  const { vpcId, subnetId, securityGroupId } = previous.network
  return planSandboxSpec(settings, accountId, {
    user,
    image: previous.image,
    network: { vpcId, subnetIds: [subnetId], securityGroupId },
    previous,
  })
}
