import { renderDuration } from '../../config/duration.ts'
import { renderDollars } from '../../config/prices.ts'
import type { Finding } from '../../images/sweep.ts'
import { renderTable } from '../sandbox/render-table.ts'

export const renderFindings = (findings: readonly Finding[]): string =>
  renderTable([
    ['KIND', 'WHAT', 'AGE', 'A MONTH', 'WHY'],
    ...findings.map(({ kind, id, age, monthly, why }) => [
      ...[kind, id, Number.isFinite(age) ? renderDuration(age) : '-', renderDollars(monthly), why],
    ]),
  ])
