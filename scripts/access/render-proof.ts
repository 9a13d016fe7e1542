import type { Verdict } from '../../iam/evaluate.ts'
import { type Finding, variantOf } from '../../stacks/proof/prove.ts'
import type { Row } from '../../stacks/proof/row.ts'

const words: Readonly<Record<Verdict['decision'], string>> = {
  allow: 'allowed',
  explicitDeny: 'denied',
  implicitDeny: 'not allowed',
}

const said = (decision: Verdict['decision'], reason: string): string =>
  decision === 'implicitDeny' ? `${words[decision]}: ${reason}` : `${words[decision]} by ${reason}`

const circumstanceOf = (row: Row): string =>
  [row.circumstance.says, variantOf(row) === 'as set' ? '' : `settings: ${variantOf(row)}`]
    .filter((text) => text !== '')
    .join('; ')

const renderQuestion = ({ row, question }: Finding): string => {
  const circumstance = circumstanceOf(row)
  return `${row.who}: ${row.action} on ${question.request.resource}${circumstance === '' ? '' : ` (${circumstance})`}`
}

const renderBroken = (finding: Finding): string =>
  [
    `  ${renderQuestion(finding)}`,
    `    expected  ${said(finding.row.expect, finding.row.by)}`,
    `    found     ${said(finding.found.decision, finding.found.reason)}`,
  ].join('\n')

interface Group {
  readonly who: string
  readonly topic: string
  readonly findings: readonly Finding[]
}

/** Topics in the order of the matrix. */
export const groupFindings = (findings: readonly Finding[]): readonly Group[] => {
  const groups = new Map<string, Group>()
  for (const finding of findings) {
    const { who, topic } = finding.row
    const key = `${who}\n${topic}`
    groups.set(key, { who, topic, findings: [...(groups.get(key)?.findings ?? []), finding] })
  }
  return [...groups.values()]
}

const table = (lines: readonly (readonly string[])[]): string[] => {
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? []
  // Words to the left, numbers to the right.
  const cell = (text: string, column: number) =>
    column < 2 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0)
  return lines.map((line) => line.map(cell).join('  '))
}

const renderCounts = (groups: readonly Group[]): string[] =>
  table([
    ['who', 'about', 'rows', 'allowed', 'refused', 'broken'],
    ...groups.map(({ who, topic, findings }) => {
      const allowed = findings.filter(({ row }) => row.expect === 'allow').length
      const broken = findings.filter(({ holds }) => !holds).length
      const counts = [findings.length, allowed, findings.length - allowed, broken]
      return [who, topic, ...counts.map(String)]
    }),
  ])

const renderAll = (groups: readonly Group[]): string[] =>
  groups.flatMap(({ topic, findings }) => [
    '',
    topic,
    ...findings.map(
      (finding) =>
        `  ${finding.holds ? 'holds ' : 'BROKEN'}  ${renderQuestion(finding)}: ${said(finding.row.expect, finding.row.by)}`,
    ),
  ])

/** For people: counts per topic, and every row that breaks; all rows when asked for. */
export const renderProof = (findings: readonly Finding[], all: boolean): string => {
  const groups = groupFindings(findings)
  const broken = findings.filter(({ holds }) => !holds)
  return [
    ...renderCounts(groups),
    ...(all ? renderAll(groups) : []),
    '',
    broken.length === 0
      ? `all ${findings.length} rows hold`
      : `${broken.length} of ${findings.length} rows ${broken.length === 1 ? 'is' : 'are'} broken:`,
    ...broken.map(renderBroken),
  ].join('\n')
}

/** For scripts: one object per row. */
export const describeFinding = ({ row, question, found, holds }: Finding) => ({
  ...{ who: row.who, topic: row.topic, action: row.action, resource: question.request.resource },
  circumstance: row.circumstance.says,
  settings: variantOf(row),
  ...{ expected: row.expect, expectedBy: row.by, found: found.decision, foundBy: found.reason, holds },
})
