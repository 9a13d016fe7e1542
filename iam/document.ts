import { operatorOf } from './operators.ts'

/** Policy documents as IAM stores them; every kind of policy has the same shape.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export type OneOrMany<T> = T | readonly T[]
export type PrincipalElement = '*' | Readonly<Record<string, OneOrMany<string>>>
export type ConditionElement = Readonly<
  Record<string, Readonly<Record<string, OneOrMany<string | number | boolean>>>>
>

export interface StatementElement {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: PrincipalElement
  readonly NotPrincipal?: PrincipalElement
  readonly Action?: OneOrMany<string>
  readonly NotAction?: OneOrMany<string>
  readonly Resource?: OneOrMany<string>
  readonly NotResource?: OneOrMany<string>
  readonly Condition?: ConditionElement
}

export interface Document {
  readonly Version?: string
  readonly Id?: string
  readonly Statement: OneOrMany<StatementElement>
}

/** A document AWS would answer with MalformedPolicyDocument. The message is one sentence with the wrong value. */
export class MalformedPolicy extends Error {
  override readonly name = 'MalformedPolicy'
}

const elements = new Set([
  ...[
    'Sid',
    'Effect',
    'Principal',
    'NotPrincipal',
    'Action',
    'NotAction',
    'Resource',
    'NotResource',
    'Condition',
  ],
])
const prefixes = ['Principal', 'NotPrincipal']

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const listOf = <T>(value: OneOrMany<T> | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T]

const isStrings = (value: unknown): boolean =>
  Array.isArray(value) ? value.every((one) => typeof one === 'string') : typeof value === 'string'

const checkPrincipal = (value: unknown, fail: (why: string) => never): void => {
  if (value === '*') return
  if (!isObject(value) || !Object.values(value).every(isStrings))
    fail('Principal must be "*" or an object of AWS, Service or Federated')
}

const checkCondition = (value: unknown, fail: (why: string) => never): undefined => {
  if (!isObject(value)) return fail('Condition must be an object')
  for (const [operator, keys] of Object.entries(value)) {
    if (operatorOf(operator) === undefined) fail(`${operator} is not a condition operator`)
    if (!isObject(keys)) fail(`${operator} must hold an object of keys`)
  }
}

const checkPair = (statement: Record<string, unknown>, name: string, fail: (why: string) => never): void => {
  const [one, other] = [statement[name], statement[`Not${name}`]]
  if (one !== undefined && other !== undefined) fail(`${name} and Not${name} exclude each other`)
  if (prefixes.includes(name)) return
  for (const value of [one, other])
    if (value !== undefined && !isStrings(value)) fail(`${name} must be text or a list of texts`)
}

const checkStatement = (statement: unknown, where: string): undefined => {
  const fail = (why: string): never => {
    throw new MalformedPolicy(`${where}: ${why}`)
  }
  if (!isObject(statement)) return fail('a statement must be an object')
  for (const name of Object.keys(statement)) if (!elements.has(name)) fail(`unknown element ${name}`)
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny')
    fail(`Effect is ${JSON.stringify(statement.Effect)}, not Allow or Deny`)
  if (statement.Action === undefined && statement.NotAction === undefined) fail('Action is missing')
  for (const name of ['Principal', 'Action', 'Resource']) checkPair(statement, name, fail)
  for (const name of prefixes) if (statement[name] !== undefined) checkPrincipal(statement[name], fail)
  if (statement.Condition !== undefined) checkCondition(statement.Condition, fail)
}

/**
 * Text of a policy to a document; `name` is said in errors. Throws MalformedPolicy. Only what would make an
 * evaluation meaningless is refused: shape, effects, unknown elements and operators. Whether actions exist is
 * not known here.
 */
export const parseDocument = (text: string, name: string): Document => {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (cause) {
    throw new MalformedPolicy(`${name} is not JSON: ${(cause as Error).message}`)
  }
  return checkDocument(data, name)
}

/** The same for a document that is no longer text. */
export const checkDocument = (data: unknown, name: string): Document => {
  if (!isObject(data) || data.Statement === undefined) throw new MalformedPolicy(`${name} has no Statement`)
  const statements = listOf(data.Statement as OneOrMany<unknown>)
  statements.forEach((statement, index) => {
    const sid =
      isObject(statement) && typeof statement.Sid === 'string' ? statement.Sid : `statement ${index + 1}`
    checkStatement(statement, `${name}, ${sid}`)
  })
  return data as unknown as Document
}
