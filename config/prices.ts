import { priceSources, pricesAsOf, pricesOf, type RegionPrices } from './price-table.ts'

/** What things cost on AWS; a sense of size, not a bill. */
export const hoursPerMonth = 730

const day = 24 * 3600_000
/** AWS changes few prices a year, but after half of one nobody should believe a copy. */
const staleAfterDays = 180

export const findPrices = (region: string): RegionPrices | undefined => pricesOf[region]

/** Dollars a month; undefined where we do not know. Snapshots are incremental: theirs is an upper bound. */
export const monthlyStorage = (
  kind: 'volume' | 'snapshot' | 'object',
  gibibytes: number,
  region: string,
): number | undefined => {
  const price = findPrices(region)?.[kind]
  return price === undefined ? undefined : price * gibibytes
}

export const hourlyInstance = (type: string, region: string): number | undefined =>
  findPrices(region)?.instances[type]

export const monthlyInstance = (type: string, region: string): number | undefined => {
  const price = hourlyInstance(type, region)
  return price === undefined ? undefined : price * hoursPerMonth
}

export interface PriceNotice {
  readonly asOf: string
  readonly sources: readonly string[]
  readonly stale: boolean
  readonly knowsRegion: boolean
  /** What a person should know before believing a figure. */
  readonly sentences: readonly string[]
}

export const decidePriceNotice = (region: string, now: Date): PriceNotice => {
  const age = Math.floor((now.getTime() - Date.parse(pricesAsOf)) / day)
  const [stale, knowsRegion] = [age > staleAfterDays, findPrices(region) !== undefined]
  return {
    ...{ asOf: pricesAsOf, sources: priceSources, stale, knowsRegion },
    sentences: [
      ...(knowsRegion
        ? []
        : [`there are no prices of ${region} here; they are known for ${Object.keys(pricesOf).join(', ')}`]),
      ...(stale
        ? [`the prices are of ${pricesAsOf}, ${age} days old: do not rely on them (${priceSources[0]})`]
        : []),
    ],
  }
}

export const renderDollars = (dollars: number | undefined): string =>
  dollars === undefined ? '?' : dollars === 0 ? '-' : `$${dollars.toFixed(2)}`
