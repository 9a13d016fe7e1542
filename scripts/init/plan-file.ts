import { planNetworkCost, sumOf } from '../../config/network-cost.ts'
import { localAccountId } from '../../config/pins.ts'
import { planNetworkSpec } from '../../config/plan-specs.ts'
import { monthlyInstance, monthlyStorage } from '../../config/prices.ts'
import { type Settings, settingsVersion } from '../../config/settings.ts'
import { usageError } from '../../config/user-error.ts'
import { type Data, isData } from '../../config/versions.ts'
import type { Wishes } from './wishes.ts'

/** What was found about the VPC of the wishes. */
export interface ChosenGround {
  readonly cidr: string
  /** Of an Instance Connect Endpoint that is there. */
  readonly connectEndpointGroupId: string | undefined
}

const needs = (mode: string, flags: string) =>
  usageError(`--network ${mode} needs ${flags}`, 'npm run init at a terminal shows what there is and asks')

const planExisting = ({ vpcId, subnetIds, egress }: Wishes, ground: ChosenGround | undefined): Data => {
  if (vpcId === undefined || subnetIds.length === 0) throw needs('existing', '--vpc and --subnet')
  const connect = ground?.connectEndpointGroupId
  return {
    existing: {
      ...{ vpcId, subnetIds },
      ...(connect === undefined ? {} : { connectEndpointGroupId: connect }),
      ...(egress === 'balanced' ? { dnsFirewall: true } : {}),
    },
    ...(connect === undefined ? {} : { instanceConnectEndpoint: false }),
  }
}

const planSimple = ({ subnetIds: [subnetId], groupId }: Wishes): Data => {
  if (subnetId === undefined || groupId === undefined) throw needs('simple', '--subnet and --group')
  return { simple: { subnetId, securityGroupId: groupId } }
}

/** Of the settings that are there stays what the mode does not decide. */
const planNetwork = (before: unknown, wishes: Wishes, ground: ChosenGround | undefined): Data => {
  const { mode: was, egress, existing, simple, ...rest } = isData(before) ? before : {}
  const { network: mode } = wishes
  if (mode === undefined)
    return { ...(isData(before) ? before : {}), ...(wishes.egress ? { egress: wishes.egress } : {}) }
  const { cidr, instanceConnectEndpoint, ...kept } = rest
  // What was said of another VPC is not true of this one.
  const same = was === mode || (was === undefined && mode === 'managed')
  const reached = wishes.egress ?? (same ? egress : undefined)
  return {
    mode,
    ...(mode === 'simple' || reached === undefined ? {} : { egress: reached }),
    ...(same ? rest : kept),
    ...(ground === undefined ? {} : { cidr: ground.cidr }),
    ...(mode === 'existing' ? planExisting(wishes, ground) : {}),
    ...(mode === 'simple' ? planSimple(wishes) : {}),
    ...(mode === 'managed' && wishes.target === 'aws' && rest.flowLogs === undefined
      ? { flowLogs: true }
      : {}),
  }
}

const planLogin = ({ startUrl, loginRegion }: Wishes): Data =>
  startUrl === undefined ? {} : { login: { startUrl, region: loginRegion } }

/** The settings as they would be. Everything of an older file that was not asked about stays. */
export const planSettings = (
  before: Data,
  wishes: Wishes,
  ground: ChosenGround | undefined,
  schema: string,
): Data => {
  const { $schema = schema, version: _, target, region, accountId, network, ...rest } = before
  const account = wishes.target === 'aws' ? wishes.accountId : (accountId as string | undefined)
  const planned = planNetwork(network, wishes, ground)
  return {
    $schema,
    version: settingsVersion,
    target: wishes.target ?? target ?? 'local',
    region: wishes.region ?? region ?? 'us-west-2',
    ...(account === undefined ? {} : { accountId: account }),
    ...(Object.keys(planned).length === 0 ? {} : { network: planned }),
    ...rest,
    ...planLogin(wishes),
  }
}

export interface Price {
  readonly lines: readonly { readonly what: string; readonly monthly: number | undefined }[]
  /** Dollars a month for the network and one sandbox that never stops; undefined: not all has a known price. */
  readonly monthly: number | undefined
}

/** What would be made from the settings costs this, with one engineer. */
export const planPrice = (settings: Settings): Price => {
  const spec = planNetworkSpec(settings, settings.accountId ?? localAccountId)
  const { type, rootVolumeGiB } = settings.instance
  const lines = [
    ...planNetworkCost(spec),
    { what: `a sandbox, ${type}, day and night`, monthly: monthlyInstance(type, settings.region) },
    {
      what: `its disk of ${rootVolumeGiB} GiB`,
      monthly: monthlyStorage('volume', rootVolumeGiB, settings.region),
    },
  ]
  return { lines, monthly: sumOf(lines) }
}
