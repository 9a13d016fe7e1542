import { renderDuration } from '../../config/duration.ts'
import type { Finding } from '../../images/sweep.ts'
import { renderTable } from '../sandbox/render-table.ts'

const dollars = (monthly: number | undefined): string =>
  monthly === undefined ? '?' : monthly === 0 ? '-' : `$${monthly.toFixed(2)}`

export const renderFindings = (findings: readonly Finding[]): string =>
  renderTable([
    ['KIND', 'WHAT', 'AGE', 'A MONTH', 'WHY'],
    ...findings.map(({ kind, id, age, monthly, why }) => [
      ...[kind, id, Number.isFinite(age) ? renderDuration(age) : '-', dollars(monthly), why],
    ]),
  ])
