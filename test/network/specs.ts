import { networkSettings } from '../../config/network.ts'
import { planNetworkSpec } from '../../config/plan-specs.ts'
import { defaultSettings } from '../../config/settings.ts'

export const vpcId = 'vpc-0a1b2c3d4e5f60718'
export const subnetId = 'subnet-0a1b2c3d4e5f60718'
export const groupId = 'sg-0a1b2c3d4e5f60718'

export const specOf = (network: object) =>
  planNetworkSpec({ ...defaultSettings(), network: networkSettings.parse(network) }, '111122223333')
export const existing = (more: object = {}, there: object = {}) =>
  specOf({ mode: 'existing', egress: 'open', existing: { vpcId, subnetIds: [subnetId], ...there }, ...more })
export const simple = specOf({ mode: 'simple', simple: { subnetId, securityGroupId: groupId } })
