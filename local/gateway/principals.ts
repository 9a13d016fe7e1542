/** Who an access key belongs to, as the shim knows it. */
export interface Principal {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string | null
  readonly arn: string
  readonly userId: string
  readonly accountId: string
  readonly expiration: string | null
}

export interface Principals {
  find(accessKeyId: string): Promise<Principal | undefined>
  /** After a call that may have changed who is who. */
  forget(): void
}

/** Keeps what was found; an unknown key is asked for each time, since it may have been made a moment ago. */
export const createPrincipals = (
  ask: (accessKeyId: string) => Promise<Principal | undefined>,
): Principals => {
  const known = new Map<string, Principal>()
  let generation = 0
  return {
    async find(accessKeyId) {
      const cached = known.get(accessKeyId)
      if (cached !== undefined) return cached
      const asked = generation
      const found = await ask(accessKeyId)
      // An answer that overlaps with a change may already be wrong: used once, not kept.
      if (found !== undefined && asked === generation) known.set(accessKeyId, found)
      return found
    },
    forget() {
      generation += 1
      known.clear()
    },
  }
}
