import { type Document, listOf, type StatementElement } from '../../iam/document.ts'

export interface Mutant {
  /** `Sid`, `Sid: Operator key`, or `Sid: ? in Operator key`. */
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

type Value = NonNullable<StatementElement['Condition']>[string][string]

/** A place for sixteen characters becomes one for any number of them. */
const widen = (value: Value): Value =>
  JSON.parse(JSON.stringify(value).replace(/(?<!\$\{)\?+/g, '*')) as Value

/** The same statement, each time with the counted characters of one condition key let go. */
const withWildcards = (
  statement: StatementElement,
): readonly { key: string; statement: StatementElement }[] =>
  Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys)
      .filter(([, value]) => JSON.stringify(widen(value)) !== JSON.stringify(value))
      .map(([key, value]) => {
        const Condition = { ...statement.Condition, [operator]: { ...keys, [key]: widen(value) } }
        return { key: `? in ${operator} ${key}`, statement: { ...statement, Condition } }
      }),
  )

/** Every document that is one statement or one condition key short, or counts no characters in one. */
export const planMutants = (document: Document): readonly Mutant[] => {
  const statements = listOf(document.Statement)
  return statements.flatMap((statement, index) => {
    const sid = statement.Sid ?? `#${index + 1}`
    const put = (...instead: StatementElement[]) =>
      withStatements(document, [...statements.slice(0, index), ...instead, ...statements.slice(index + 1)])
    return [
      { without: sid, document: put() },
      ...[...withoutKeys(statement), ...withWildcards(statement)].map(({ key, statement: short }) => ({
        without: `${sid}: ${key}`,
        document: put(short),
      })),
    ]
  })
}
