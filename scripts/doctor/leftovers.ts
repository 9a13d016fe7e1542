import { type Finding, fine, note } from '../../config/finding.ts'
import type { Finding as Left } from '../../images/sweep.ts'

const named = (kind: Left['kind'], count: number): string =>
  kind === 'machine' ? `${count} machines of builds` : `${count} ${kind}s`

/** They cost money and harm nobody, so they are worth knowing. */
export const decideLeftovers = (left: readonly Left[]): Finding[] => {
  if (left.length === 0) return [fine('leftovers', 'none')]
  return [...new Set(left.map(({ kind }) => kind))].map((kind) => {
    const of = left.filter((one) => one.kind === kind)
    const monthly = of.reduce((sum, one) => sum + (one.monthly ?? 0), 0)
    const price = monthly > 0 ? `, about $${monthly.toFixed(2)} a month` : ''
    const [first] = of
    const what =
      of.length === 1 ? `${kind} ${first?.id}: ${first?.why}` : `${named(kind, of.length)}: ${first?.why}`
    const orphans = kind === 'orphan' ? ' -- --orphans' : ''
    return note('leftovers', `${what}${price}`, `npm run sandbox:sweep${orphans}`)
  })
}
