import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { accessSpec } from '../../config/access.ts'
import { planNetworkSpec } from '../../config/plan-specs.ts'
import { defaultSettings } from '../../config/settings.ts'
import type { SandboxSpec } from '../../config/spec.ts'
import { parseUserName } from '../../config/user-name.ts'

export const accountId = '111122223333'

export const networkSpec = planNetworkSpec(defaultSettings(), accountId)

export const sandboxSpec: SandboxSpec = {
  version: 1,
  user: parseUserName('alice'),
  accountId,
  region: 'us-west-2',
  environment: 'default',
  state: networkSpec.state,
  image: { id: 'ami-0123456789abcdef0', kind: 'golden', rootDevice: '/dev/xvda' },
  instance: defaultSettings().instance,
  network: { vpcId: 'vpc-1', subnetId: 'subnet-1', securityGroupId: 'sg-1' },
  access: accessSpec.parse({}),
  elevation: { mode: 'window' },
  agentStart: {},
}

export const inputs = {
  userDataScript: readFileSync(join(import.meta.dirname, '..', '..', 'userdata', 'user-data.sh'), 'utf8'),
}

// biome-ignore lint/suspicious/noExplicitAny: Terraform JSON has no types
export type Block = Record<string, any>

/** All resources of one type in a stack's JSON. */
export const resources = (type: string, json: string): Block[] =>
  Object.values(
    (JSON.parse(json) as { resource: Record<string, Record<string, Block>> }).resource[type] ?? {},
  )
