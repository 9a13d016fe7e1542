import { type Attributes, type FilledIn, fillIn, type TerraformJson } from './references.ts'

/** A role as IAM would hold it once the stack is applied; every policy by name, as text. */
export interface RoleFacts {
  readonly name: string
  readonly arn: string
  /** undefined: AWS writes it, as for roles of Identity Center. */
  readonly trust: string | undefined
  /** Names of its policies, inline and attached: keys of `policies`. */
  readonly identity: readonly string[]
  readonly boundary: string | undefined
}

export interface StackRoles {
  readonly roles: ReadonlyMap<string, RoleFacts>
  /** By name, or by ARN where AWS owns the policy; those have no text here. */
  readonly policies: ReadonlyMap<string, string>
}

/** The name where the policy is ours, the ARN where it is AWS's. */
const policyName = (arn: string): string =>
  arn.startsWith('arn:aws:iam::aws:') ? arn : arn.slice(arn.lastIndexOf('/') + 1)

/**
 * Reads roles, trusts, boundaries and all policies out of the Terraform JSON of one stack: what is proven is what
 * Terraform is given, not what our functions return.
 */
export const readRoles = (json: TerraformJson, filled: FilledIn): StackRoles => {
  const all = (type: string): readonly Attributes[] => Object.values(json.resource[type] ?? {})
  const text = (value: unknown): string => fillIn(json, filled, String(value))
  const policies = new Map(all('aws_iam_policy').map(({ name, policy }) => [String(name), text(policy)]))
  const inline = all('aws_iam_role_policy').map(({ name, role, policy }) => {
    const key = `${text(role)}/${String(name)}`
    policies.set(key, text(policy))
    return { role: text(role), policy: key }
  })
  const attached = all('aws_iam_role_policy_attachment').map(({ role, policy_arn }) => ({
    role: text(role),
    policy: policyName(text(policy_arn)),
  }))
  const roles = all('aws_iam_role').map((role): RoleFacts => {
    const name = String(role.name)
    return {
      name,
      arn: `arn:aws:iam::${filled.accountId}:role/${name}`,
      trust: text(role.assume_role_policy),
      identity: [...inline, ...attached].filter((one) => one.role === name).map(({ policy }) => policy),
      boundary:
        role.permissions_boundary === undefined ? undefined : policyName(text(role.permissions_boundary)),
    }
  })
  return { roles: new Map(roles.map((role) => [role.name, role])), policies }
}
