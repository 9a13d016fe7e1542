/** Dollars, Linux, on demand; what somebody pays who has no discounts. undefined: not confirmed, so not told. */
export interface RegionPrices {
  /** A GiB for a month: gp3, standard snapshots, S3 Standard. */
  readonly volume: number
  readonly snapshot: number
  readonly object: number | undefined
  /** An hour of a NAT gateway, and of an interface endpoint in one zone. What goes through them comes on top. */
  readonly nat: number
  readonly endpoint: number
  /** An hour of a public IPv4 address, in use or not; the same in all regions. */
  readonly address: number
  /** An hour, by type. */
  readonly instances: Readonly<Record<string, number>>
}

/** The day of the oldest figure below. */
export const pricesAsOf = '2026-09-09'

/** Where AWS publishes them; its pages fill the figures in by script, so copies of its price list were read. */
export const priceSources = [
  'https://aws.amazon.com/ec2/pricing/on-demand/',
  'https://aws.amazon.com/ebs/pricing/',
  'https://aws.amazon.com/vpc/pricing/',
  'https://aws.amazon.com/privatelink/pricing/',
] as const

const t4g = (medium: number, large: number, xlarge: number, twice: number) => ({
  't4g.medium': medium,
  't4g.large': large,
  't4g.xlarge': xlarge,
  't4g.2xlarge': twice,
})

/** https://aws.amazon.com/vpc/pricing/ */
const address = 0.005

const likeOregon: RegionPrices = {
  ...{ volume: 0.08, snapshot: 0.05, object: 0.023, nat: 0.045, endpoint: 0.01, address },
  instances: { ...t4g(0.0336, 0.0672, 0.1344, 0.2688), 'm7g.medium': 0.0408, 'm6g.medium': 0.0385 },
}

/**
 * Instances: github.com/skypilot-org/skypilot-catalog (catalogs/v8/aws/vms.csv), written from the price list API.
 * The rest: public notes of what that API said in September and October 2026.
 */
export const pricesOf: Readonly<Record<string, RegionPrices>> = {
  'us-east-1': likeOregon,
  'us-east-2': likeOregon,
  'us-west-2': likeOregon,
  'eu-west-1': {
    ...{ volume: 0.088, snapshot: 0.05, object: 0.023, nat: 0.048, endpoint: 0.011, address },
    instances: t4g(0.0368, 0.0736, 0.1472, 0.2944),
  },
  'eu-central-1': {
    ...{ volume: 0.0952, snapshot: 0.054, object: undefined, nat: 0.052, endpoint: 0.012, address },
    instances: t4g(0.0384, 0.0768, 0.1536, 0.3072),
  },
  'ap-northeast-1': {
    ...{ volume: 0.096, snapshot: 0.05, object: undefined, nat: 0.062, endpoint: 0.014, address },
    instances: { 't4g.medium': 0.0432, 't4g.large': 0.0864, 't4g.xlarge': 0.1728 },
  },
}
