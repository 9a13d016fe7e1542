/** A policy as it was stored. */
export interface StoredPolicy {
  readonly name: string
  readonly document: string
}

/** The owner of an access key with every policy that has a say: `GET /_shim/identity`. */
export interface Identity {
  readonly kind: 'user' | 'role'
  /** Of the user, or of the role behind a session. */
  readonly arn: string
  readonly name: string
  /** Tags of the principal; those of the session beat those of its role. */
  readonly tags: Readonly<Record<string, string>>
  readonly identity: readonly StoredPolicy[]
  readonly boundary: StoredPolicy | null
  readonly session: readonly StoredPolicy[]
  readonly sessionName: string | null
  /** ISO 8601 */
  readonly issuedAt: string | null
  /** Set for credentials that a machine got from its metadata. */
  readonly instance: { readonly arn: string; readonly vpcId: string; readonly privateIp: string } | null
}

/** What the books say about one resource: `GET /_shim/facts`. */
export interface Facts {
  readonly tags?: Readonly<Record<string, string>>
  /** Trust, bucket or key policy. */
  readonly policy?: string | null
  /** With its path, where the request only has the name. */
  readonly arn?: string
  readonly boundary?: string | null
  readonly instanceProfile?: string | null
  /** Of an instance profile. */
  readonly role?: string | null
}
