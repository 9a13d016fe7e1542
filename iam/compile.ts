import { type ActionTest, compileActions } from './actions.ts'
import { compileConditions, type Test } from './conditions.ts'
import { checkDocument, type Document, listOf, parseDocument, type StatementElement } from './document.ts'
import { compileArn, type Matcher } from './pattern.ts'

/** One statement as questions. */
export interface Rule {
  readonly sid: string
  readonly deny: boolean
  readonly element: StatementElement
  readonly action: ActionTest
  readonly resource: Matcher
  readonly conditions: readonly Test[]
}

/** A document ready to be asked. Compiling costs a hundred times an evaluation: do it once and keep it. */
export interface Policy {
  /** As people know it: the policy's name or ARN. */
  readonly name: string
  readonly rules: readonly Rule[]
}

const compileResources = ({ Resource, NotResource }: StatementElement): Matcher => {
  // A trust policy has neither: it stands on the resource.
  if (Resource === undefined && NotResource === undefined) return () => true
  const matchers = listOf(Resource ?? NotResource).map(compileArn)
  if (NotResource === undefined) return (text, context) => matchers.some((matcher) => matcher(text, context))
  return (text, context) => !matchers.some((matcher) => matcher(text, context))
}

const compileStatement = (element: StatementElement, index: number): Rule => {
  const listed = compileActions(listOf(element.Action ?? element.NotAction))
  return {
    sid: element.Sid ?? `#${index + 1}`,
    deny: element.Effect === 'Deny',
    element,
    action: element.NotAction === undefined ? listed : (action) => !listed(action),
    resource: compileResources(element),
    conditions: compileConditions(element.Condition),
  }
}

/** Throws MalformedPolicy, as AWS does when such a document is stored. */
export const compilePolicy = (name: string, document: Document | string): Policy => {
  const checked = typeof document === 'string' ? parseDocument(document, name) : checkDocument(document, name)
  return { name, rules: listOf(checked.Statement).map(compileStatement) }
}

/** Compiles each text once; the least recently asked goes first when `limit` is reached. */
export const createPolicyCache = (limit = 500): ((name: string, text: string) => Policy) => {
  const policies = new Map<string, Policy>()
  return (name, text) => {
    const key = `${name}\n${text}`
    const policy = policies.get(key) ?? compilePolicy(name, text)
    policies.delete(key)
    policies.set(key, policy)
    const [oldest] = policies.keys()
    if (policies.size > limit && oldest !== undefined) policies.delete(oldest)
    return policy
  }
}
