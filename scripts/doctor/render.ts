import { type Finding, renderFinding } from '../../config/finding.ts'
import type { Looked } from './check.ts'

const seconds = (value: number): string => `${value.toFixed(1)}s`

const renderGroup = (group: string, looks: readonly Looked[]): string => {
  // They ran side by side, so that the group took as long as its slowest.
  const slowest = Math.max(...looks.map((one) => one.seconds))
  const lines = looks.flatMap(({ findings }) => findings).map(renderFinding)
  return [`${group} (${seconds(slowest)})`, ...lines.join('\n').split('\n')].join('\n  ')
}

/** A group about which there is nothing to say is not named. */
const inOrder = (looks: readonly Looked[]): string[] => [
  ...new Set(looks.filter(({ findings }) => findings.length > 0).map(({ group }) => group)),
]

export const renderReport = (looks: readonly Looked[]): string =>
  inOrder(looks)
    .map((group) =>
      renderGroup(
        group,
        looks.filter((one) => one.group === group),
      ),
    )
    .join('\n')

export const flatten = (looks: readonly Looked[]): Finding[] => looks.flatMap(({ findings }) => findings)

/** For scripts: each finding with the look that made it. */
export const renderJson = (looks: readonly Looked[], took: number): string =>
  JSON.stringify({
    seconds: Number(took.toFixed(3)),
    findings: looks.flatMap(({ group, name, findings }) =>
      findings.map((finding) => ({ group, check: name, ...finding })),
    ),
    checks: looks.map(({ group, name, seconds: each }) => ({
      ...{ group, name, seconds: Number(each.toFixed(3)) },
    })),
  })

const many = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`

export const renderSummary = (looks: readonly Looked[], took: number): string => {
  const all = flatten(looks)
  const count = (verdict: Finding['verdict']) => all.filter((one) => one.verdict === verdict).length
  const things = many(all.length, 'thing', 'things')
  return `${things} looked at in ${seconds(took)}: ${count('wrong')} wrong, ${count('note')} to know, ${count('fine')} fine`
}
