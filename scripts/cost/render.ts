import { renderDuration } from '../../config/duration.ts'
import type { NetworkChoice } from '../../config/network-cost.ts'
import { renderDollars } from '../../config/prices.ts'
import { renderTable } from '../sandbox/render-table.ts'
import type { Cost, CostLine } from './plan-cost.ts'

const renderLine = ({ kind, id, user, state, amount, hours, soFar, monthly }: CostLine): string[] => [
  ...[kind, id, user ?? '(shared)', state, amount],
  hours === undefined ? '-' : renderDuration(hours * 3600_000),
  hours === undefined ? '-' : renderDollars(soFar),
  renderDollars(monthly),
]

export const renderCost = ({ lines, monthly, unknown }: Cost): string => {
  const heads = ['KIND', 'WHAT', 'WHOSE', 'STATE', 'AMOUNT', 'RUNS FOR', 'SO FAR', 'A MONTH']
  const rest = unknown === 0 ? '' : ` and ${unknown} without a known price`
  return [
    renderTable([heads, ...lines.map(renderLine)]),
    `about $${monthly.toFixed(2)} a month as it is now${rest}`,
  ].join('\n')
}

/** The chosen one is marked. */
export const renderChoices = (choices: readonly NetworkChoice[]): string =>
  renderTable([
    ['', 'MODE', 'EGRESS', 'A MONTH', 'BESIDES, BY VOLUME'],
    ...choices.map(({ mode, egress, monthly, besides, chosen }) => [
      ...[chosen ? '*' : '', mode, egress ?? '(its group)', renderDollars(monthly), besides],
    ]),
  ])
