import type { Instance } from '../guests/instance.ts'

/** A session of the instance's role. Times are ISO 8601. */
export interface RoleCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly token: string
  readonly expiration: string
  readonly lastUpdated: string
  readonly roleName: string
  readonly roleArn: string
}

/** undefined: EC2 may not assume the role, or it is gone. */
export type CredentialsOf = (instanceId: string) => Promise<RoleCredentials | undefined>

export interface RoleSessions {
  find(instance: Instance): Promise<RoleCredentials | undefined>
  forget(instanceId: string): void
}

/** "We make new credentials available at least five minutes before the expiration of the old credentials." */
const renewBefore = 15 * 60_000

interface Session {
  readonly role: string | undefined
  readonly asked: Promise<RoleCredentials | undefined>
  /** Infinity while the answer is on its way: whoever comes meanwhile waits for the same one. */
  until: number
}

/**
 * Remembers the session of each instance; a profile with another role gets another one.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
 */
export const createRoleSessions = (ask: CredentialsOf, now: () => number): RoleSessions => {
  const sessions = new Map<string, Session>()

  const begin = (instanceId: string, role: string | undefined): Session => {
    const session: Session = { role, asked: ask(instanceId), until: Number.POSITIVE_INFINITY }
    sessions.set(instanceId, session)
    session.asked.then(
      (found) => {
        session.until = found === undefined ? 0 : Date.parse(found.expiration) - renewBefore
      },
      () => {
        session.until = 0
      },
    )
    return session
  }

  return {
    find(instance) {
      const role = instance.profile?.roleName ?? undefined
      const known = sessions.get(instance.instanceId)
      return known !== undefined && known.role === role && now() < known.until
        ? known.asked
        : begin(instance.instanceId, role).asked
    },
    forget: (instanceId) => void sessions.delete(instanceId),
  }
}
