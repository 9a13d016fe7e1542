import type { ContextValues } from './context.ts'
import { listOf, type PrincipalElement } from './document.ts'

/** Who calls. `arn` of a session is sts's assumed-role ARN; `roleArn` that of the role, with its path. */
export type Caller =
  | { readonly kind: 'root' | 'user'; readonly arn: string; readonly account: string }
  | { readonly kind: 'session'; readonly arn: string; readonly account: string; readonly roleArn: string }
  | { readonly kind: 'service'; readonly arn: string }

/**
 * `arn:aws:sts::1:assumed-role/R/alice`, a user's or the root's ARN, or a service such as ec2.amazonaws.com.
 * The role of a session has the path `/` unless `roleArn` says otherwise: the session's ARN does not have it.
 */
export const parseCaller = (arn: string, roleArn?: string): Caller => {
  if (!arn.startsWith('arn:')) return { kind: 'service', arn }
  const [, partition, , , account = '', ...rest] = arn.split(':')
  const name = rest.join(':')
  if (name === 'root') return { kind: 'root', arn, account }
  const [type, role] = name.split('/')
  if (type === 'assumed-role')
    return {
      kind: 'session',
      arn,
      account,
      roleArn: roleArn ?? `arn:${partition}:iam::${account}:role/${role}`,
    }
  return { kind: 'user', arn, account }
}

/**
 * How exactly a resource policy names the caller, weakest first. `account`: its account, which leaves the rest
 * to the caller's own policies. `role`: its role. `caller`: the very session, user, service or everybody.
 */
export const closeness = ['none', 'account', 'role', 'caller'] as const
export type Closeness = (typeof closeness)[number]

const closenessTo = (type: string, text: string, caller: Caller): Closeness => {
  if (text === '*') return type === 'AWS' && caller.kind === 'service' ? 'none' : 'caller'
  if (caller.kind === 'service') return type === 'Service' && text === caller.arn ? 'caller' : 'none'
  if (type !== 'AWS') return 'none'
  if (text === caller.arn) return 'caller'
  if (caller.kind === 'session' && text === caller.roleArn) return 'role'
  return text === caller.account || text === `arn:aws:iam::${caller.account}:root` ? 'account' : 'none'
}

/** How closely each entry of a Principal element names the caller. */
const entriesOf = (element: PrincipalElement, caller: Caller): Closeness[] =>
  element === '*'
    ? ['caller']
    : Object.entries(element).flatMap(([type, texts]) =>
        listOf(texts).map((text) => closenessTo(type, text, caller)),
      )

export const closest = (found: readonly Closeness[]): Closeness =>
  found.reduce<Closeness>(
    (best, one) => (closeness.indexOf(one) > closeness.indexOf(best) ? one : best),
    'none',
  )

export const matchPrincipal = (element: PrincipalElement, caller: Caller): Closeness =>
  closest(entriesOf(element, caller))

/**
 * NotPrincipal leaves out whom it lists. A session is left out of a Deny only when its account, its role and
 * itself are listed, as AWS asks for.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export const matchNotPrincipal = (element: PrincipalElement, caller: Caller, deny: boolean): Closeness => {
  const found = entriesOf(element, caller)
  if (!deny) return found.every((one) => one === 'none') ? 'caller' : 'none'
  const needed: Closeness[] =
    caller.kind === 'session'
      ? ['account', 'role', 'caller']
      : caller.kind === 'user'
        ? ['account', 'caller']
        : ['caller']
  return element === '*' || needed.every((one) => found.includes(one)) ? 'none' : 'caller'
}

/** Keys AWS derives from the caller itself. `roleId` is the unique id of the role (AROA...).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable */
export const contextOfCaller = (caller: Caller, roleId = 'AROAEXAMPLE'): ContextValues => {
  if (caller.kind === 'service') return { 'aws:PrincipalIsAWSService': 'true' }
  const account = { 'aws:PrincipalAccount': caller.account, 'aws:PrincipalIsAWSService': 'false' }
  const name = caller.arn.slice(caller.arn.lastIndexOf('/') + 1)
  switch (caller.kind) {
    case 'root':
      return {
        ...account,
        'aws:PrincipalArn': caller.arn,
        'aws:PrincipalType': 'Account',
        'aws:userid': caller.account,
      }
    case 'user':
      return { ...account, 'aws:PrincipalArn': caller.arn, 'aws:PrincipalType': 'User', 'aws:username': name }
    case 'session':
      return {
        ...account,
        'aws:PrincipalArn': caller.roleArn,
        'aws:PrincipalType': 'AssumedRole',
        'aws:userid': `${roleId}:${name}`,
      }
  }
}
