import { createHash } from 'node:crypto'
import { type AccessSpec, planAccess } from './access.ts'
import type { AdoptedSpec } from './adopted.ts'
import { planEgressDomains } from './egress-domains.ts'
import { names } from './names.ts'
import { endpointsMade, type NetworkSettings } from './network.ts'
import type { Settings } from './settings.ts'
import { type NetworkSpec, type SandboxSpec, specVersion } from './spec.ts'
import type { UserName } from './user-name.ts'

const stateOf = (accountId: string, region: string) => ({
  bucket: names.stateBucket(accountId, region),
  region,
})

/** What of the network follows from its mode: settings of another mode have no part in it. */
const planMode = (
  network: NetworkSettings,
): Pick<NetworkSpec, 'egress' | 'domains' | 'flowLogs' | 'existing' | 'simple'> => {
  const { mode, egress, allowDomains, flowLogs, existing, simple } = network
  const reached = mode === 'simple' ? 'open' : egress
  const { dnsFirewall: _, ...there } = existing ?? { dnsFirewall: false }
  return {
    egress: reached,
    domains: reached === 'balanced' ? planEgressDomains(allowDomains) : [],
    flowLogs: mode === 'managed' && flowLogs,
    ...(mode === 'existing' && existing !== undefined
      ? { existing: there as NonNullable<NetworkSpec['existing']> }
      : {}),
    ...(mode === 'simple' && simple !== undefined ? { simple } : {}),
  }
}

export const planNetworkSpec = (settings: Settings, accountId: string): NetworkSpec => ({
  version: specVersion,
  accountId,
  region: settings.region,
  state: stateOf(accountId, settings.region),
  mode: settings.network.mode,
  ...planMode(settings.network),
  cidr: settings.network.cidr,
  subnets: settings.network.subnets,
  endpoints: endpointsMade(settings.network),
  instanceConnectEndpoint: settings.network.mode !== 'simple' && settings.network.instanceConnectEndpoint,
  session: settings.session,
})

export interface NetworkOutputs {
  readonly vpcId: string
  readonly subnetIds: readonly string[]
  readonly securityGroupId: string
  /** Of the machines that build images; undefined in a network from before there were any. */
  readonly builderGroupId?: string
}

/** Spreads engineers over the zones; the same name always gets the same one. */
export const planSubnet = (user: UserName, subnetIds: readonly string[]): string => {
  const index = createHash('sha256').update(user).digest().readUInt32BE(0) % Math.max(1, subnetIds.length)
  const subnetId = subnetIds[index]
  if (subnetId === undefined) throw new Error('the network stack has no subnets')
  return subnetId
}

export interface SandboxChoices {
  readonly user: UserName
  readonly image: SandboxSpec['image']
  readonly network: NetworkOutputs
  /** Spec of the last run. What would replace the machine (image, subnet) stays as it was. */
  readonly previous:
    | (Pick<SandboxSpec, 'image' | 'network'> & Partial<Pick<SandboxSpec, 'instance' | 'adopted'>>)
    | undefined
}

/** Behind no endpoint of STS a call has no source VPC: bound to one, an adopted machine would be locked out. */
const planAdoptedAccess = (settings: Settings, { endpoints }: AdoptedSpec): AccessSpec => {
  const access = planAccess(settings.access, endpoints)
  const lockedOut = access.binding.mode === 'vpce' && !endpoints.includes('sts')
  return lockedOut ? { ...access, binding: { ...access.binding, mode: 'none' } } : access
}

/** A machine that was taken over stays in its network, with its type and its disk. */
const planAdopted = (
  settings: Settings,
  { network, instance, adopted }: Pick<SandboxSpec, 'network'> & Partial<SandboxSpec>,
): Pick<SandboxSpec, 'network' | 'instance' | 'access' | 'adopted'> | undefined =>
  adopted === undefined || instance === undefined
    ? undefined
    : {
        network,
        instance: { ...settings.instance, type: instance.type, rootVolumeGiB: instance.rootVolumeGiB },
        access: planAdoptedAccess(settings, adopted),
        adopted,
      }

export const planSandboxSpec = (
  settings: Settings,
  accountId: string,
  choices: SandboxChoices,
): SandboxSpec => {
  const { user, image, network, previous } = choices
  const stays = previous?.network.vpcId === network.vpcId ? previous : undefined
  return {
    version: specVersion,
    user,
    accountId,
    region: settings.region,
    environment: settings.environment,
    state: stateOf(accountId, settings.region),
    image: previous?.image ?? image,
    instance: settings.instance,
    network: {
      vpcId: network.vpcId,
      subnetId: stays?.network.subnetId ?? planSubnet(user, network.subnetIds),
      securityGroupId: network.securityGroupId,
    },
    access: planAccess(settings.access, endpointsMade(settings.network)),
    elevation: { mode: settings.elevation.mode },
    agentStart: settings.agentStart,
    ...(previous === undefined ? undefined : planAdopted(settings, previous)),
  }
}

/** Folder of everything one target keeps on this machine, below <state>/stacks. */
export const stacksFolderName = (settings: Settings, accountId: string): string =>
  settings.target === 'local' ? `local-${settings.region}` : `aws-${accountId}-${settings.region}`
