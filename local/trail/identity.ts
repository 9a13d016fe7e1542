interface Arn {
  readonly accountId: string
  /** `user`, `assumed-role`, `root`, ... */
  readonly kind: string
  readonly path: readonly string[]
}

const parseArn = (arn: string): Arn => {
  const [, , , , accountId = '', ...rest] = arn.split(':')
  const [kind = '', ...path] = rest.join(':').split('/')
  return { accountId, kind, path }
}

export const planAccountId = (arn: string): string => parseArn(arn).accountId

/** The name of a user; of a role, that of the session. */
export const planUsername = (arn: string): string => {
  const { kind, path } = parseArn(arn)
  return path.at(-1) ?? kind
}

/**
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 * The journal knows ARNs, so principalId (AIDA…, AROA…) is left out, and the role's ARN has no path.
 */
export const planIdentity = (arn: string, accessKeyId: string | null) => {
  const { accountId, kind, path } = parseArn(arn)
  const known = { arn, accountId, ...(accessKeyId === null ? {} : { accessKeyId }) }
  if (kind === 'root') return { type: 'Root', ...known }
  if (kind === 'user') return { type: 'IAMUser', ...known, userName: path.at(-1) ?? '' }
  if (kind !== 'assumed-role') return { type: 'Unknown', ...known }
  const [role = '', session = ''] = path
  const issuer = { type: 'Role', arn: `arn:aws:iam::${accountId}:role/${role}`, accountId, userName: role }
  // Only credentials that IMDS handed out carry the instance as session name.
  const delivery = /^i-[0-9a-f]{17}$/.test(session) ? { ec2RoleDelivery: '2.0' } : {}
  const sessionContext = { sessionIssuer: issuer, attributes: { mfaAuthenticated: 'false' }, ...delivery }
  return { type: 'AssumedRole', ...known, sessionContext }
}
