/**
 * What things cost on AWS, dollars; a sense of size, not a bill. us-west-2 and regions priced like it, Linux, on
 * demand. https://aws.amazon.com/ebs/pricing/ https://aws.amazon.com/ec2/pricing/on-demand/
 */
const regions = new Set(['us-west-2', 'us-east-1', 'us-east-2'])
const hoursPerMonth = 730

const gibibyteMonth = { volume: 0.08, snapshot: 0.05, object: 0.023 } as const

const hourly: Readonly<Record<string, number>> = {
  't4g.medium': 0.0336,
  't4g.large': 0.0672,
  'm7g.medium': 0.0408,
  'm6g.medium': 0.0385,
}

/** Dollars a month; undefined where we do not know. Snapshots are incremental: theirs is an upper bound. */
export const monthlyStorage = (
  kind: keyof typeof gibibyteMonth,
  gibibytes: number,
  region: string,
): number | undefined => (regions.has(region) ? gibibyteMonth[kind] * gibibytes : undefined)

export const monthlyInstance = (type: string, region: string): number | undefined => {
  const price = hourly[type]
  return price === undefined || !regions.has(region) ? undefined : price * hoursPerMonth
}
