import { type Document, listOf, type StatementElement } from '../../iam/document.ts'

export interface Mutant {
  /** `Sid`, or `Sid: Operator key`. */
  readonly without: string
  readonly document: Document
}

const withStatements = (document: Document, Statement: readonly StatementElement[]): Document => ({
  ...document,
  Statement,
})

/** The same statement, each time without one condition key. An operator without keys goes too. */
const withoutKeys = (statement: StatementElement): readonly { key: string; statement: StatementElement }[] =>
  Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.keys(keys).map((key) => {
      const rest = Object.fromEntries(Object.entries(keys).filter(([other]) => other !== key))
      const { [operator]: _, ...others } = statement.Condition ?? {}
      const Condition = Object.keys(rest).length === 0 ? others : { ...others, [operator]: rest }
      return { key: `${operator} ${key}`, statement: { ...statement, Condition } }
    }),
  )

/** Every document that is one statement or one condition key short. */
export const planMutants = (document: Document): readonly Mutant[] => {
  const statements = listOf(document.Statement)
  return statements.flatMap((statement, index) => {
    const sid = statement.Sid ?? `#${index + 1}`
    const put = (...instead: StatementElement[]) =>
      withStatements(document, [...statements.slice(0, index), ...instead, ...statements.slice(index + 1)])
    return [
      { without: sid, document: put() },
      ...withoutKeys(statement).map(({ key, statement: short }) => ({
        without: `${sid}: ${key}`,
        document: put(short),
      })),
    ]
  })
}
