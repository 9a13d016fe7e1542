import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compilePolicy } from '../../iam/compile.ts'
import { listOf, type StatementElement } from '../../iam/document.ts'
import { readOnlyAccess } from '../../stacks/access/read-only-access.ts'

const file = join(import.meta.dirname, '..', '..', 'stacks', 'access', 'read-only-access.json')

const program = `
import json, moto
from moto.iam.aws_managed_policies import aws_managed_policies_data
policy = json.loads(aws_managed_policies_data)["ReadOnlyAccess"]
print(json.dumps({"moto": moto.__version__, "version": policy["DefaultVersionId"],
  "date": policy["UpdateDate"][:10], "statements": policy["Document"]["Statement"]}))
`

interface Answer {
  readonly moto: string
  readonly version: string
  readonly date: string
  readonly statements: readonly StatementElement[]
}

const askMoto = (): Answer => {
  const { stdout, stderr, status } = spawnSync(
    process.env.KIRO_SANDBOX_PYTHON ?? 'python3',
    ['-c', program],
    {
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(`moto does not answer: ${stderr}`)
  return JSON.parse(stdout) as Answer
}

const byService = (actions: readonly string[]): string => {
  const services = new Map<string, string[]>()
  for (const action of actions) {
    const [service = '', name = ''] = action.split(':', 2)
    services.set(service, [...(services.get(service) ?? []), name])
  }
  const lines = [...services].map(([service, names]) => `        "${service}": "${names.join(' ')}"`)
  return `{\n${lines.join(',\n')}\n      }`
}

/** On one line, as the formatter wants it. */
const spaced = (value: unknown): string => JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ')

const render = ({ moto, version, date, statements }: Answer): string => {
  const rendered = statements.map(({ Action, ...rest }) => {
    const head = Object.entries(rest).map(([key, value]) => `      "${key}": ${spaced(value)}`)
    return `    {\n${[...head, `      "actions": ${byService(listOf(Action))}`].join(',\n')}\n    }`
  })
  const head = { source: `moto ${moto}, moto/iam/aws_managed_policies.py`, version, date }
  const lines = Object.entries(head).map(([key, value]) => `  "${key}": ${JSON.stringify(value)}`)
  return `{\n${[...lines, `  "statements": [\n${rendered.join(',\n')}\n  ]`].join(',\n')}\n}\n`
}

test('the extract of ReadOnlyAccess is what moto has (renew with npx vitest run -u)', async () => {
  await expect(render(askMoto())).toMatchFileSnapshot(file)
})

test('the document made of the extract allows what it should, and nothing that writes', () => {
  const allows = compilePolicy('ReadOnlyAccess', readOnlyAccess()).rules
  const may = (action: string) => allows.some((rule) => !rule.deny && rule.action(action.toLowerCase()))
  expect(listOf(readOnlyAccess().Statement).flatMap(({ Action }) => listOf(Action)).length).toBeGreaterThan(
    2500,
  )
  expect(['s3:GetObject', 'ec2:DescribeInstances', 'iam:ListRoles'].filter((action) => !may(action))).toEqual(
    [],
  )
  expect(['s3:PutObject', 'iam:CreateRole', 'sts:AssumeRole', 'kms:Decrypt'].filter(may)).toEqual([])
})
