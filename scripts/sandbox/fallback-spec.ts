import { planSandboxSpec } from '../../config/plan-specs.ts'
import type { Settings } from '../../config/settings.ts'
import type { SandboxSpec } from '../../config/spec.ts'
import type { UserName } from '../../config/user-name.ts'

const unknown = 'unknown'

/**
 * A spec that only serves to remove: names follow from the user alone, and what is made is read from AWS. Never
 * applied to make anything; `unknown` ids would be refused by AWS.
 */
export const planFallbackSpec = (settings: Settings, accountId: string, user: UserName): SandboxSpec =>
  planSandboxSpec(settings, accountId, {
    user,
    image: { id: 'ami-00000000', kind: 'stock', rootDevice: '/dev/xvda' },
    network: { vpcId: unknown, subnetIds: [unknown], securityGroupId: unknown },
    previous: undefined,
  })
