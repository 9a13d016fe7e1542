import { type Egress, egressPresets, type NetworkMode } from './network.ts'
import { findPrices, hoursPerMonth } from './prices.ts'
import type { NetworkSpec } from './spec.ts'

/** What a network costs by being there; traffic, logs and queries come on top. */
export interface NetworkCostLine {
  readonly what: string
  /** Dollars a month; undefined: we know no price of that region. */
  readonly monthly: number | undefined
}

type Priced = Pick<NetworkSpec, 'region' | 'mode' | 'egress' | 'endpoints' | 'subnets'>

export const planNetworkCost = ({
  region,
  mode,
  egress,
  endpoints,
  subnets,
}: Priced): readonly NetworkCostLine[] => {
  const prices = findPrices(region)
  const monthly = (hourly: number | undefined, count: number) =>
    hourly === undefined ? undefined : hourly * count * hoursPerMonth
  // What is somebody else's is on somebody else's bill.
  if (mode !== 'managed') return []
  const places = endpoints.length * subnets
  return [
    ...(places === 0
      ? []
      : [
          {
            what: `${endpoints.length} interface endpoints in ${subnets} ${subnets === 1 ? 'zone' : 'zones'}`,
            monthly: monthly(prices?.endpoint, places),
          },
        ]),
    ...(egress === 'locked'
      ? []
      : [
          { what: 'NAT gateway', monthly: monthly(prices?.nat, 1) },
          { what: 'its public address', monthly: monthly(prices?.address, 1) },
        ]),
  ]
}

/** undefined: something of it has no price here. */
export const sumOf = (lines: readonly NetworkCostLine[]): number | undefined =>
  lines.reduce<number | undefined>(
    (sum, { monthly }) => (sum === undefined || monthly === undefined ? undefined : sum + monthly),
    0,
  )

export interface NetworkChoice {
  readonly mode: NetworkMode
  /** undefined: the security group decides. */
  readonly egress: Egress | undefined
  readonly monthly: number | undefined
  /** What comes by volume. */
  readonly besides: string
  readonly chosen: boolean
}

const besides = (mode: NetworkMode, egress: Egress | undefined, flowLogs: boolean): string =>
  [
    ...(mode === 'managed' && egress !== 'locked' ? ['traffic through the NAT gateway'] : []),
    ...(mode === 'managed' ? ['traffic through the endpoints'] : []),
    ...(egress === 'balanced' ? ['DNS queries'] : []),
    ...(mode === 'managed' && flowLogs ? ['flow logs'] : []),
  ].join(', ')

/** Every network that could be chosen, with the rest of the settings as it is. */
export const listNetworkChoices = (
  spec: Omit<Priced, 'endpoints'> & Pick<NetworkSpec, 'flowLogs'>,
  endpoints: NetworkSpec['endpoints'],
): NetworkChoice[] => {
  const choice = (mode: NetworkMode, egress: Egress | undefined): NetworkChoice => ({
    ...{ mode, egress },
    monthly: sumOf(planNetworkCost({ ...spec, mode, egress: egress ?? 'open', endpoints })),
    besides: besides(mode, egress, spec.flowLogs),
    chosen: spec.mode === mode && (egress === undefined || spec.egress === egress),
  })
  return [
    ...(['managed', 'existing'] as const).flatMap((mode) =>
      egressPresets.map((egress) => choice(mode, egress)),
    ),
    choice('simple', undefined),
  ]
}
