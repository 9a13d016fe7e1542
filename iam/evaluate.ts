import type { Policy, Rule } from './compile.ts'
import { type Context, type ContextValues, createContext } from './context.ts'
import { type Caller, type Closeness, closest, matchNotPrincipal, matchPrincipal } from './principal.ts'

export interface Request {
  readonly caller: Caller
  /** As policies spell it: `ec2:StartInstances`. */
  readonly action: string
  /** ARN, or `*` for actions that know no resources. */
  readonly resource: string
  /** Owner of the resource where its ARN has no account (S3); the caller's own when left out. */
  readonly resourceAccount?: string
  /** All condition keys, also aws:CurrentTime and contextOfCaller(): nothing is made up here. */
  readonly context: ContextValues
}

export interface Policies {
  /** Inline and attached policies of the user or role. */
  readonly identity: readonly Policy[]
  readonly boundary?: Policy
  /** Given to AssumeRole, or of an endpoint the call passes: must allow as well. */
  readonly session?: Policy
  /** Trust policy of a role, key policy, bucket policy. */
  readonly resource?: Policy
}

export interface Verdict {
  readonly decision: 'allow' | 'implicitDeny' | 'explicitDeny'
  /** `<policy>/<Sid>` of the statement that decided, or which kind of policy has no statement that allows. */
  readonly reason: string
}

interface Question {
  readonly request: Request
  readonly action: string
  readonly context: Context
}

const applies = (rule: Rule, { request, action, context }: Question): boolean =>
  rule.action(action) &&
  rule.resource(request.resource, context) &&
  rule.conditions.every((condition) => condition(context))

const named = (rule: Rule, { caller }: Request): Closeness => {
  const { Principal, NotPrincipal } = rule.element
  if (Principal !== undefined) return matchPrincipal(Principal, caller)
  return NotPrincipal === undefined ? 'none' : matchNotPrincipal(NotPrincipal, caller, rule.deny)
}

const say = (policy: Policy, rule: Rule): string => `${policy.name}/${rule.sid}`

const find = (policies: readonly Policy[], wanted: (rule: Rule) => boolean): string | undefined => {
  for (const policy of policies) for (const rule of policy.rules) if (wanted(rule)) return say(policy, rule)
  return undefined
}

const findDeny = ({ identity, boundary, session, resource }: Policies, question: Question) =>
  find(
    [...identity, ...(boundary ? [boundary] : []), ...(session ? [session] : [])],
    (rule) => rule.deny && applies(rule, question),
  ) ??
  (resource &&
    find(
      [resource],
      (rule) => rule.deny && named(rule, question.request) !== 'none' && applies(rule, question),
    ))

const findAllow = (policies: readonly Policy[], question: Question) =>
  find(policies, (rule) => !rule.deny && applies(rule, question))

/** The closest statement of the resource's own policy that allows. */
const findGrant = (resource: Policy | undefined, question: Question) => {
  const grants = (resource?.rules ?? [])
    .filter((rule) => !rule.deny && applies(rule, question))
    .map((rule) => ({ rule, close: named(rule, question.request) }))
  const close = closest(grants.map((grant) => grant.close))
  const grant = grants.find((one) => one.close === close)
  return { close, reason: resource && grant ? say(resource, grant.rule) : '' }
}

/** Roles and keys ask their own policy always; other resources only where it has something to say. */
const ownPolicyDecides = (action: string, resource: string): boolean =>
  /^sts:(assumerole|tagsession|setsourceidentity)/.test(action) ||
  (action.startsWith('kms:') && /:key\//.test(resource))

const accountOf = ({ resource, resourceAccount, caller }: Request): string | undefined => {
  const account = resourceAccount ?? resource.split(':')[4]
  return account || (caller.kind === 'service' ? undefined : caller.account)
}

const implicit = (reason: string): Verdict => ({ decision: 'implicitDeny', reason })

/**
 * What AWS would say to one request. An explicit deny anywhere decides; else the caller's own policies must
 * allow, inside boundary and session policy. A resource's policy adds to that: in the same account it allows by
 * itself when it names the caller's role, user or session, and it only opens the door when it names the account.
 * A session named by its own ARN is not held back by what boundary and session policy merely do not allow.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 *
 * An action on several resources is several requests, see evaluateAll.
 */
export const evaluate = (policies: Policies, request: Request): Verdict => {
  const question = {
    request,
    action: request.action.toLowerCase(),
    context: createContext(request.context),
  }
  const denied = findDeny(policies, question)
  if (denied !== undefined) return { decision: 'explicitDeny', reason: denied }
  const grant = findGrant(policies.resource, question)
  const { caller } = request
  if (caller.kind === 'service')
    return grant.close === 'caller'
      ? { decision: 'allow', reason: grant.reason }
      : implicit('no resource policy allows')
  const sameAccount = accountOf(request) === caller.account
  if (sameAccount && grant.close === 'caller') return { decision: 'allow', reason: grant.reason }
  const ownPolicyNeeded = !sameAccount || ownPolicyDecides(question.action, request.resource)
  if (ownPolicyNeeded && grant.close === 'none') return implicit('the resource policy does not allow')
  // The root user needs no policy in its own account.
  const identity = caller.kind === 'root' ? 'root user' : findAllow(policies.identity, question)
  const allowed = sameAccount && grant.close === 'role' ? (identity ?? grant.reason) : identity
  if (allowed === undefined) return implicit('no identity policy allows')
  if (policies.boundary && findAllow([policies.boundary], question) === undefined)
    return implicit('the permissions boundary does not allow')
  if (policies.session && findAllow([policies.session], question) === undefined)
    return implicit('the session policy does not allow')
  return { decision: 'allow', reason: allowed }
}

/** An action on several resources, such as ssm:StartSession on an instance and a document: all must be allowed. */
export const evaluateAll = (policies: Policies, requests: readonly Request[]): Verdict => {
  const verdicts = requests.map((request) => evaluate(policies, request))
  return (
    verdicts.find(({ decision }) => decision === 'explicitDeny') ??
    verdicts.find(({ decision }) => decision !== 'allow') ??
    verdicts[0] ??
    implicit('nothing was asked for')
  )
}
