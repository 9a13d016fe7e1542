import { compileRange } from './address.ts'
import { compileArn, compilePattern, compileText, type Matcher } from './pattern.ts'

interface Kind {
  /** One value of the policy to a test of one value of the request. */
  readonly compile: (value: string) => Matcher
  /** Holds when no value of the policy matches, and when the request lacks the key. */
  readonly negated?: boolean
}

/** A condition operator with its prefixes and suffixes taken apart. */
export interface Operator extends Kind {
  readonly name: string
  readonly quantifier: 'any' | 'all' | undefined
  readonly ifExists: boolean
}

const number = (compare: (request: number, policy: number) => boolean) => (value: string) => {
  const policy = value.trim() === '' ? Number.NaN : Number(value)
  return (text: string) => text.trim() !== '' && compare(Number(text), policy)
}

/** ISO 8601 or seconds since 1970, as both sides may be; the answer is in milliseconds. */
const parseDate = (text: string): number => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text))

const date = (compare: (request: number, policy: number) => boolean) => (value: string) => {
  const policy = parseDate(value)
  return (text: string) => compare(parseDate(text), policy)
}

const comparisons = {
  Equals: (request: number, policy: number) => request === policy,
  LessThan: (request: number, policy: number) => request < policy,
  LessThanEquals: (request: number, policy: number) => request <= policy,
  GreaterThan: (request: number, policy: number) => request > policy,
  GreaterThanEquals: (request: number, policy: number) => request >= policy,
}

const ordered = (
  type: string,
  compile: (compare: (request: number, policy: number) => boolean) => Kind['compile'],
): [string, Kind][] => [
  ...Object.entries(comparisons).map(([name, compare]): [string, Kind] => [
    `${type}${name}`,
    { compile: compile(compare) },
  ]),
  [`${type}NotEquals`, { compile: compile(comparisons.Equals), negated: true }],
]

const both = (name: string, negation: string, compile: Kind['compile']): [string, Kind][] => [
  [name, { compile }],
  [negation, { compile, negated: true }],
]

const lowerCase = (compile: (value: string) => Matcher) => (value: string) => {
  const matches = compile(value.toLowerCase())
  return (text: string, context: Parameters<Matcher>[1]) => matches(text.toLowerCase(), context)
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const kinds = new Map<string, Kind>(
  [
    ...both('StringEquals', 'StringNotEquals', (value) => compileText(value)),
    ...both('StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', (value) => compileText(value, 'i')),
    ...both('StringLike', 'StringNotLike', (value) => compilePattern(value)),
    ...both('ArnEquals', 'ArnNotEquals', compileArn),
    ...both('ArnLike', 'ArnNotLike', compileArn),
    ...both('IpAddress', 'NotIpAddress', compileRange),
    ...ordered('Numeric', number),
    ...ordered('Date', date),
    ['Bool', { compile: lowerCase((value) => (text) => text === value) }] as [string, Kind],
    ['BinaryEquals', { compile: (value) => (text) => text === value }] as [string, Kind],
    // Present or not is asked of the key, not of its values; evaluated where keys are looked up.
    ['Null', { compile: lowerCase((value) => (text) => text === value) }] as [string, Kind],
  ].map(([name, kind]) => [(name as string).toLowerCase(), kind as Kind]),
)

const cache = new Map<string, Operator | undefined>()

/** `ForAnyValue:StringLikeIfExists` taken apart; nothing for what is not an operator. */
export const operatorOf = (text: string): Operator | undefined => {
  if (cache.has(text)) return cache.get(text)
  const [, quantifier, base = ''] = /^(?:(ForAnyValue|ForAllValues):)?(.*)$/i.exec(text) ?? []
  const ifExists = /IfExists$/i.test(base)
  const name = base.replace(/IfExists$/i, '').toLowerCase()
  const kind = kinds.get(name)
  const lower = quantifier?.toLowerCase()
  const operator: Operator | undefined = kind && {
    ...kind,
    name,
    ifExists,
    quantifier: lower === 'foranyvalue' ? 'any' : lower === 'forallvalues' ? 'all' : undefined,
  }
  // Operators come from a short list; what is none of them is not worth remembering.
  if (operator !== undefined) cache.set(text, operator)
  return operator
}
