import { runSimulation, runUnsafeSimulation, type Simulation } from '@cloud-copilot/iam-simulate'
import type { Document } from '../../iam/document.ts'
import type { Request, Verdict } from '../../iam/evaluate.ts'

/** A request with its policies as documents, so that two evaluators can be asked the same. */
export interface Case {
  readonly request: Request
  readonly identity: readonly Document[]
  readonly boundary?: Document
  readonly session?: Document
  readonly resource?: Document
}

const words: Readonly<Record<string, Verdict['decision']>> = {
  Allowed: 'allow',
  ImplicitlyDenied: 'implicitDeny',
  ExplicitlyDenied: 'explicitDeny',
}

const present = (context: Request['context']): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(context).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, typeof value === 'string' ? value : [...value]]],
    ),
  )

const simulationOf = ({ request, identity, boundary, session, resource }: Case): Simulation => {
  const { caller } = request
  const account = request.resourceAccount ?? request.resource.split(':')[4]
  return {
    request: {
      principal: caller.arn,
      action: request.action,
      resource: {
        resource: request.resource,
        accountId: account || (caller.kind === 'service' ? '' : caller.account),
      },
      contextVariables: present(request.context),
    },
    identityPolicies: identity.map((policy, index) => ({ name: `identity ${index}`, policy })),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(boundary === undefined
      ? {}
      : { permissionBoundaryPolicies: [{ name: 'boundary', policy: boundary }] }),
    ...(session === undefined ? {} : { sessionPolicy: session }),
    ...(resource === undefined ? {} : { resourcePolicy: resource }),
  }
}

/** It asks for the name of a resource's policy, and takes one only from a policy it calls validated. */
const validated = (policyDocument: Document) => ({
  ...{ __validated: true, policyDocument, errors: [] },
  metadata: { name: 'resource' },
})

/** Takes every key as it is given; knows no session policies. */
export const askPeer = (one: Case): Verdict['decision'] | undefined => {
  const { resourcePolicy, ...rest } = simulationOf(one)
  return words[
    runUnsafeSimulation(
      resourcePolicy === undefined ? rest : { ...rest, resourcePolicy: validated(resourcePolicy) },
      {},
    )
  ]
}

export interface StrictAnswer {
  /** undefined: it does not take the question. */
  readonly decision: Verdict['decision'] | undefined
  /** Keys that AWS does not send with the action by its data, so that conditions on them were not tried. */
  readonly ignored: readonly string[]
}

/** Checks actions, resources and policies first; some actions in its own data are more than it can do. */
export const askStrictPeer = async (one: Case): Promise<StrictAnswer> => {
  const result = await runSimulation(simulationOf(one), {}).catch(() => undefined)
  if (result === undefined || result.resultType === 'error') return { decision: undefined, ignored: [] }
  const ignored = result.resultType === 'single' ? (result.result.ignoredContextKeys ?? []) : []
  return { decision: words[result.overallResult], ignored }
}

/** The same question without keys that were not heard. */
export const withoutKeys = ({ request, ...policies }: Case, keys: readonly string[]): Case => {
  const deaf = new Set(keys.map((key) => key.toLowerCase()))
  const heard = Object.entries(request.context).filter(([key]) => !deaf.has(key.toLowerCase()))
  return { ...policies, request: { ...request, context: Object.fromEntries(heard) } }
}
