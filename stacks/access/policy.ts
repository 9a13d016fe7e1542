/** Typed policy documents. Functions in this folder return them; nothing here talks to AWS. */
export interface Statement {
  /** Letters and digits only; identity policies have no other place for a name. */
  readonly Sid: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Action?: string | readonly string[]
  readonly NotAction?: readonly string[]
  readonly Resource?: string | readonly string[]
  readonly NotResource?: string | readonly string[]
  readonly Principal?:
    | Readonly<Record<'AWS' | 'Service', string>>
    | { readonly AWS: string }
    | { readonly Service: string }
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

/** Characters IAM counts: white space is free.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const policySize = (document: PolicyDocument): number => JSON.stringify(document).length

/** Characters IAM allows: managed policy, trust policy, all inline policies of a role together. */
export const policyQuota = { managed: 6144, trust: 2048, inline: 10_240 } as const

/** The JSON Terraform stores. Too long a document is a mistake in our settings, found before AWS says so. */
export const renderPolicy = (document: PolicyDocument, kind: keyof typeof policyQuota): string => {
  const size = policySize(document)
  if (size > policyQuota[kind])
    throw new Error(
      `policy ${document.Statement[0]?.Sid ?? ''} has ${size} characters, IAM takes ${policyQuota[kind]} for ${kind}`,
    )
  return JSON.stringify(document)
}
