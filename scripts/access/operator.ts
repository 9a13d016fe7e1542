import { localAccountId } from '../../config/pins.ts'
import type { Settings } from '../../config/settings.ts'
import { UserError, usageError } from '../../config/user-error.ts'
import { operatorParts, operatorPolicies } from '../../stacks/access/operator-policy.ts'
import { type PolicyDocument, policyQuota, policySize } from '../../stacks/access/policy.ts'

export interface OperatorPolicy {
  /** Of the managed policy. */
  readonly name: string
  readonly size: number
  readonly limit: number
  readonly document: PolicyDocument
}

export const accountOf = (settings: Settings): string => {
  const accountId = settings.target === 'local' ? localAccountId : settings.accountId
  if (accountId === undefined)
    throw usageError(
      'target aws needs accountId in the settings',
      'put "accountId": "<12 digits>" into sandbox.config.json',
    )
  return accountId
}

/** One managed policy for each part; nobody has to be asked for them. */
export const planOperatorPolicies = (settings: Settings, part: string | undefined): OperatorPolicy[] => {
  const parts = Object.keys(operatorParts)
  if (part !== undefined && !parts.includes(part))
    throw usageError(`${part} is no part of the operator's policy`, `one of ${parts.join(', ')}`)
  const all = operatorPolicies({ accountId: accountOf(settings), region: settings.region })
  return Object.entries(all)
    .filter((_, index) => part === undefined || parts[index] === part)
    .map(([name, document]) => {
      const size = policySize(document)
      if (size > policyQuota.managed)
        throw new UserError(
          `the policy ${name} has ${size} characters, IAM takes ${policyQuota.managed} in a managed policy`,
        )
      return { name, size, limit: policyQuota.managed, document }
    })
}

/** One document as it is, several by their names. */
export const renderOperatorPolicies = (policies: readonly OperatorPolicy[], json: boolean): string => {
  if (json) return JSON.stringify({ operator: true, policies })
  const [only, ...others] = policies
  return JSON.stringify(
    only !== undefined && others.length === 0
      ? only.document
      : Object.fromEntries(policies.map(({ name, document }) => [name, document])),
    null,
    2,
  )
}

export const describeOperatorPolicies = (policies: readonly OperatorPolicy[]): string[] => [
  ...policies.map(
    ({ name, size, limit }) => `${name}: ${size} of ${limit} characters; white space does not count`,
  ),
  'attach all of them, each made from its own part:',
  `  npm run -s access:policy -- --operator --part ${Object.keys(operatorParts)[0]} > part.json`,
  `  aws iam create-policy --policy-name ${policies[0]?.name} --policy-document file://part.json`,
]
