import type { StatementElement } from '../../iam/document.ts'
import { listOf, parseDocument } from '../../iam/document.ts'
import type { Block } from './specs.ts'

export interface Named {
  readonly name: string
  readonly block: Block
}

/** Resources of all stacks by type, under short names: the hash that cdktf appends says nothing. */
export type Resources = (type: string) => readonly Named[]

export const readResources = (stacks: readonly string[]): Resources => {
  const all = stacks.map(
    (json) => (JSON.parse(json) as { resource: Record<string, Record<string, Block>> }).resource,
  )
  return (type) =>
    all.flatMap((resource) =>
      Object.entries(resource[type] ?? {}).map(([name, block]) => ({
        name: `${type}.${name.replace(/_[0-9A-F]{8}$/, '')}`,
        block,
      })),
    )
}

export interface NamedStatement {
  readonly name: string
  readonly statement: StatementElement
}

/** Statements of all policies, managed and inline. */
export const listStatements = (resources: Resources): readonly NamedStatement[] =>
  ['aws_iam_policy', 'aws_iam_role_policy'].flatMap((type) =>
    resources(type).flatMap(({ name, block }) =>
      listOf(parseDocument(String(block.policy), name).Statement).map((statement) => ({
        name: `${name} ${statement.Sid}`,
        statement,
      })),
    ),
  )
