import { findPrices, hourlyInstance, hoursPerMonth, monthlyStorage } from '../../config/prices.ts'

/** What there is that AWS charges for by being there. */
export interface CostGround {
  readonly region: string
  readonly now: Date
  readonly machines: readonly {
    readonly instanceId: string
    readonly user: string
    readonly state: string
    readonly type: string
    /** ISO 8601: when it was started the last time. */
    readonly launchedAt: string | undefined
  }[]
  readonly volumes: readonly {
    readonly id: string
    readonly sizeGiB: number
    readonly type: string
    readonly instanceId: string
  }[]
  readonly images: readonly {
    readonly imageId: string
    readonly snapshotIds: readonly string[]
    readonly sizeGiB: number
  }[]
  /** Interface endpoints: those of gateways cost nothing, and neither does Instance Connect. */
  readonly endpoints: readonly { readonly id: string; readonly service: string; readonly zones: number }[]
  readonly nats: readonly string[]
  /** Public addresses of NAT gateways. */
  readonly addresses: readonly string[]
}

export interface CostLine {
  readonly kind: 'instance' | 'volume' | 'snapshot' | 'endpoint' | 'nat' | 'address'
  readonly id: string
  /** The engineer; undefined: all share it. */
  readonly user: string | undefined
  readonly state: string
  readonly amount: string
  /** Of an instance that runs: since it was started the last time. EC2 does not say what was before. */
  readonly hours: number | undefined
  /** Dollars for those hours. */
  readonly soFar: number | undefined
  /** Dollars a month, if it stays as it is now; undefined: we know no price. */
  readonly monthly: number | undefined
}

const running = new Set(['pending', 'running'])

const planInstances = ({ region, now, machines }: CostGround): CostLine[] =>
  machines.map(({ instanceId, user, state, type, launchedAt }) => {
    const on = running.has(state)
    const hourly = hourlyInstance(type, region)
    const hours =
      on && launchedAt !== undefined
        ? Math.max(0, (now.getTime() - Date.parse(launchedAt)) / 3600_000)
        : undefined
    return {
      ...{ kind: 'instance', id: instanceId, user, state, amount: type, hours },
      soFar: hours === undefined || hourly === undefined ? undefined : hours * hourly,
      // What is stopped costs nothing but its disk.
      monthly: on ? (hourly === undefined ? undefined : hourly * hoursPerMonth) : 0,
    }
  })

const once = { hours: undefined, soFar: undefined } as const

const planVolumes = ({ region, machines, volumes }: CostGround): CostLine[] =>
  volumes.map(({ id, sizeGiB, type, instanceId }) => ({
    ...{ kind: 'volume', id, state: 'attached', amount: `${sizeGiB} GiB ${type}`, ...once },
    user: machines.find((one) => one.instanceId === instanceId)?.user,
    monthly: type === 'gp3' ? monthlyStorage('volume', sizeGiB, region) : undefined,
  }))

const planSnapshots = ({ region, images }: CostGround): CostLine[] =>
  images.map(({ imageId, snapshotIds, sizeGiB }) => ({
    ...{ kind: 'snapshot', id: snapshotIds.join(' '), user: undefined, state: `of ${imageId}`, ...once },
    // Only blocks that differ from an older snapshot are charged.
    amount: `up to ${sizeGiB} GiB`,
    monthly: monthlyStorage('snapshot', sizeGiB, region),
  }))

const planNetwork = ({ region, endpoints, nats, addresses }: CostGround): CostLine[] => {
  const prices = findPrices(region)
  const monthly = (hourly: number | undefined, count: number) =>
    hourly === undefined ? undefined : hourly * count * hoursPerMonth
  return [
    ...endpoints.map(
      ({ id, service, zones }): CostLine => ({
        ...{ kind: 'endpoint', id, user: undefined, state: service, ...once },
        amount: `${zones} ${zones === 1 ? 'zone' : 'zones'}`,
        monthly: monthly(prices?.endpoint, zones),
      }),
    ),
    ...nats.map(
      (id): CostLine => ({
        ...{ kind: 'nat', id, user: undefined, state: 'available', amount: '1', ...once },
        monthly: monthly(prices?.nat, 1),
      }),
    ),
    ...addresses.map(
      (id): CostLine => ({
        ...{ kind: 'address', id, user: undefined, state: 'public', amount: '1', ...once },
        monthly: monthly(prices?.address, 1),
      }),
    ),
  ]
}

export interface Cost {
  readonly lines: readonly CostLine[]
  /** Dollars a month of what has a price. */
  readonly monthly: number
  /** Things without one, which the sum leaves out. */
  readonly unknown: number
}

/** @param users only what is theirs; none: everything, and what all share */
export const planCost = (ground: CostGround, users: readonly string[] = []): Cost => {
  const all = [planInstances, planVolumes, planSnapshots, planNetwork].flatMap((plan) => plan(ground))
  const lines =
    users.length === 0 ? all : all.filter(({ user }) => user !== undefined && users.includes(user))
  return {
    lines,
    monthly: lines.reduce((sum, line) => sum + (line.monthly ?? 0), 0),
    unknown: lines.filter(({ monthly }) => monthly === undefined).length,
  }
}

/** Of one engineer's machine and its disks; undefined: something of it has no price. */
export const monthlyOf = (ground: CostGround, user: string): number | undefined => {
  const { monthly, unknown } = planCost(ground, [user])
  return unknown > 0 ? undefined : monthly
}
