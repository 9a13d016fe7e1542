import { UserError } from '../../config/user-error.ts'

/** Typed policy documents. Functions in this folder return them; nothing here talks to AWS. */
export interface Statement {
  /** Letters and digits only; identity policies have no other place for a name. */
  readonly Sid: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Action?: string | readonly string[]
  readonly NotAction?: readonly string[]
  readonly Resource?: string | readonly string[]
  readonly NotResource?: string | readonly string[]
  readonly Principal?: { readonly AWS: string } | { readonly Service: string }
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

export interface PolicyDocument {
  readonly Version: '2012-10-17'
  readonly Statement: readonly Statement[]
}

export const policy = (...statements: Statement[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: statements,
})

/** An ARN or address that Terraform fills in; longer than any of ours will be. */
const filledIn = 'x'.repeat(128)
const token = /\$\{TfToken\[[^\]]*\]\}/g

/** Characters IAM counts: white space is free.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const policySize = (document: PolicyDocument): number =>
  JSON.stringify(document).replace(token, filledIn).length

/** Characters IAM allows: managed policy, trust policy, all inline policies of a role together. */
export const policyQuota = { managed: 6144, trust: 2048, inline: 10_240 } as const

const checkSize = (document: PolicyDocument, kind: keyof typeof policyQuota): void => {
  const size = policySize(document)
  if (size > policyQuota[kind])
    throw new UserError(
      `the policy that begins with ${document.Statement[0]?.Sid} would have ${size} characters, IAM takes ${policyQuota[kind]} in a ${kind} policy`,
      { hint: 'shorten the lists under access in the settings' },
    )
}

/** Terraform reads ${x} as its own; IAM's variables must get past it, Terraform's own references must not. */
const escapeForTerraform = (json: string): string => json.replace(/\$\{(?!TfToken\[)/g, '$$$${')

/** The JSON Terraform stores. Too long a document comes from our settings, and is found before AWS says so. */
export const renderPolicy = (document: PolicyDocument, kind: keyof typeof policyQuota): string => {
  checkSize(document, kind)
  return escapeForTerraform(JSON.stringify(document))
}
