import { createPolicyCache, type Policy } from '../../iam/compile.ts'
import { MalformedPolicy } from '../../iam/document.ts'
import { evaluate, type Policies, type Verdict } from '../../iam/evaluate.ts'
import { parseCaller } from '../../iam/principal.ts'
import type { Call } from '../gateway/classify.ts'
import type { AwsError } from '../gateway/errors.ts'
import type { Incoming } from '../gateway/incoming.ts'
import type { Principal } from '../gateway/principals.ts'
import { isFree, nameAction } from './actions.ts'
import { type Check, planChecks } from './checks.ts'
import { planCallContext, planResourceContext, planServiceContext } from './context.ts'
import { kindOf, planDenial } from './denial.ts'
import { type AccessBooks, type Ask, openAccessBooks } from './desk.ts'
import type { Facts, Identity, StoredPolicy } from './identity.ts'
import { parseInput } from './input.ts'
import type { Asked } from './resources.ts'

export interface Access {
  /** Why the caller may not, in AWS's words; undefined: it may. */
  findDenial(incoming: Incoming, call: Call, principal: Principal): Promise<AwsError | undefined>
  /** After a call of this service that may have changed what somebody may. */
  changed(service: string): void
}

export interface AccessOptions {
  readonly ask: Ask
  /** ARN of who may do everything without being asked. */
  readonly operator: string
  /** Milliseconds since 1970; windows open and close by this clock. */
  readonly now: () => number
  readonly log: (line: string) => void
}

type CompilePolicy = (name: string, text: string) => Policy

/** Nothing: what cannot be read allows nothing, and IAM would not have taken it. */
const empty = (name: string): Policy => ({ name, rules: [] })

/** A request that REST services only name by its path gets its name, and its path's variables as members. */
const nameRest = async (
  books: AccessBooks,
  incoming: Incoming,
  call: Call,
  accountId: string,
): Promise<Asked> => {
  const input = parseInput(incoming, call)
  const asked = { call, incoming, input, operation: call.operation, accountId }
  if (call.protocol !== 'rest-json') return asked
  const found = (await books.findRoutes(call.service))(incoming.method, incoming.path, incoming.query)
  if (found === undefined) return asked
  const values = (name: string) =>
    found.labels[name] === undefined ? input.values(name) : [found.labels[name] as string]
  return {
    ...asked,
    operation: found.operation,
    input: { ...input, values, first: (name) => values(name)[0] },
  }
}

/** Only these bring something into the question that is not in the request; asking for it costs a round trip. */
const asksForFacts = ({ action, resource }: Check, { identity, boundary, session }: Identity): boolean =>
  resource !== '*' &&
  (/^(sts:(AssumeRole|TagSession)|iam:|s3:|kms:|ec2:DisassociateRouteTable$)/.test(action) ||
    [...identity, ...session, ...(boundary === null ? [] : [boundary])].some(({ document }) =>
      /ResourceTag|resourceTag|ec2:InstanceProfile/.test(document),
    ))

/** S3 keeps the policy at the bucket, not at the object. */
const holderOf = (arn: string): string =>
  arn.startsWith('arn:aws:s3:::') ? (arn.split('/')[0] as string) : arn

const subject = ({ resource, ...check }: Check, facts: Facts | undefined): Check => ({
  ...check,
  // A profile stands for the role in it; a role that the request names without its path has one.
  resource:
    check.action === 'iam:PassRole' ? (facts?.role ?? facts?.arn ?? resource) : (facts?.arn ?? resource),
})

export const createAccess = ({ ask, operator, now, log }: AccessOptions): Access => {
  const books = openAccessBooks(ask)
  const cache = createPolicyCache()
  const compile: CompilePolicy = (name, text) => {
    try {
      return cache(name, text)
    } catch (error) {
      if (!(error instanceof MalformedPolicy)) throw error
      log(`${name}: ${error.message}`)
      return empty(name)
    }
  }
  const kept = new WeakMap<Identity, Policies>()
  const policiesOf = (identity: Identity): Policies => {
    const known = kept.get(identity)
    if (known !== undefined) return known
    const as = (kind: string) => (stored: StoredPolicy) => compile(kind, stored.document)
    const [session] = identity.session.map(as(kindOf.session))
    const made = {
      identity: identity.identity.map(as(kindOf.identity)),
      ...(identity.boundary === null ? {} : { boundary: as(kindOf.boundary)(identity.boundary) }),
      ...(session === undefined ? {} : { session }),
    }
    kept.set(identity, made)
    return made
  }

  const judge = async (
    asked: Asked,
    identity: Identity,
    principal: Principal,
  ): Promise<{ check: Check; verdict: Verdict } | undefined> => {
    const context = planCallContext(asked, identity, principal, now())
    const ofService = planServiceContext(asked)
    const checks = planChecks(asked)
    const wanted = checks
      .filter((check) => asksForFacts(check, identity))
      .map(({ resource }) => holderOf(resource))
    const facts = wanted.length === 0 ? {} : await books.findFacts([...new Set(wanted)])
    const caller = parseCaller(principal.arn, identity.kind === 'role' ? identity.arn : undefined)
    const policies = policiesOf(identity)
    for (const planned of checks) {
      const known = facts[holderOf(planned.resource)]
      const check = subject(planned, known)
      const resource = known?.policy ? compile(kindOf.resource, known.policy) : undefined
      const verdict = evaluate(
        // Passing a role or changing it does not ask whom it trusts.
        { ...policies, ...(resource === undefined || check.action.startsWith('iam:') ? {} : { resource }) },
        {
          caller,
          action: check.action,
          resource: check.resource,
          resourceAccount: principal.accountId,
          context: {
            ...context,
            ...planResourceContext(asked.call.service, known),
            ...ofService,
            ...check.context,
          },
        },
      )
      if (verdict.decision !== 'allow') return { check, verdict }
    }
    return undefined
  }

  return {
    async findDenial(incoming, call, principal) {
      if (principal.arn === operator) return undefined
      const asked = await nameRest(books, incoming, call, principal.accountId)
      if (isFree(nameAction(call, asked.operation, incoming))) return undefined
      const identity = await books.findIdentity(principal.accessKeyId)
      if (identity === undefined) throw new Error(`nobody has the key ${principal.accessKeyId} any more`)
      const denied = await judge(asked, identity, principal)
      return denied && planDenial(call, principal.arn, denied.check, denied.verdict)
    },
    changed: (service) => books.changed(service),
  }
}
