import { planSandboxSpec } from '../../config/plan-specs.ts'
import type { Settings } from '../../config/settings.ts'
import type { SandboxSpec } from '../../config/spec.ts'
import type { UserName } from '../../config/user-name.ts'
import type { FoundMachine } from './machine.ts'

/** The sandbox that a found machine becomes. What only another machine could have stays as it was found. */
export const planAdoptedSpec = (
  settings: Settings,
  accountId: string,
  user: UserName,
  stack: string,
  machine: FoundMachine,
): SandboxSpec => {
  const { vpcId, subnetId, securityGroupId, root } = machine
  const image = { id: machine.imageId, kind: 'stock' as const, rootDevice: root.device }
  return planSandboxSpec(settings, accountId, {
    user,
    image,
    network: { vpcId, subnetIds: [subnetId], securityGroupId },
    previous: {
      image,
      network: { vpcId, subnetId, securityGroupId },
      instance: { ...settings.instance, type: machine.type, rootVolumeGiB: root.sizeGiB },
      adopted: {
        stack,
        rootEncrypted: root.encrypted,
        ebsOptimized: machine.ebsOptimized,
        publicAddress: machine.publicAddress,
        endpoints: machine.endpoints,
      },
    },
  })
}
