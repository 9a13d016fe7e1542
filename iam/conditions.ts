import type { Context } from './context.ts'
import { type ConditionElement, listOf } from './document.ts'
import { type Operator, operatorOf } from './operators.ts'
import type { Matcher } from './pattern.ts'

export type Test = (context: Context) => boolean

/** What an operator says about a key the request does not have. */
const whenAbsent = ({ quantifier, ifExists, negated }: Operator): boolean =>
  ifExists || quantifier === 'all' || (quantifier === undefined && negated === true)

const compileKey = (operator: Operator, key: string, values: readonly string[]): Test => {
  if (operator.name === 'null') {
    const wanted = values.map((value) => value.toLowerCase() === 'true')
    return (context) => wanted.includes(context.get(key) === undefined)
  }
  const matchers: readonly Matcher[] = values.map(operator.compile)
  const absent = whenAbsent(operator)
  const matches = (value: string, context: Context) => matchers.some((matcher) => matcher(value, context))
  const holds = operator.negated ? (value: string, context: Context) => !matches(value, context) : matches
  // Without a quantifier a list counts as what is safer to say: none may match, or one must.
  const every =
    operator.quantifier === 'all' || (operator.quantifier === undefined && operator.negated === true)
  return (context) => {
    const present = context.get(key)
    if (present === undefined) return absent
    return every
      ? present.every((value) => holds(value, context))
      : present.some((value) => holds(value, context))
  }
}

/** All keys of all operators must hold. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html */
export const compileConditions = (element: ConditionElement = {}): readonly Test[] =>
  Object.entries(element).flatMap(([text, keys]) => {
    const operator = operatorOf(text)
    if (operator === undefined) throw new Error(`${text} is not a condition operator`)
    return Object.entries(keys).map(([key, values]) =>
      compileKey(operator, key.toLowerCase(), listOf(values).map(String)),
    )
  })
