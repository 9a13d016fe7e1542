import { join } from 'node:path'
import type { UserName } from '../../config/user-name.ts'

/** Name under which ssh, scp and editors know a sandbox. */
export const hostAlias = (user: UserName): string => `sandbox-${user}`

/** Everything of ours below ~/.ssh lies in one folder. */
export interface SshPlace {
  /** The person's own file, of which only our Include is ours. */
  readonly userConfig: string
  readonly backup: string
  readonly folder: string
  readonly host: (user: UserName) => string
  readonly identity: string
  readonly publicKey: string
  /** One file per sandbox, so that two commands at once never write to the same one. */
  readonly knownHosts: (user: UserName) => string
}

/** Of a sandbox whose block is `file`; undefined for what else lies in the folder. */
export const aliasOfBlock = (file: string): string | undefined => /^(sandbox-.+)\.conf$/.exec(file)?.[1]

export const planSshPlace = (home: string): SshPlace => {
  const folder = join(home, '.ssh', 'kiro-sandbox')
  return {
    userConfig: join(home, '.ssh', 'config'),
    backup: join(folder, 'config.before'),
    folder,
    host: (user) => join(folder, `${hostAlias(user)}.conf`),
    identity: join(folder, 'id_ed25519'),
    publicKey: join(folder, 'id_ed25519.pub'),
    knownHosts: (user) => join(folder, `${hostAlias(user)}.known_hosts`),
  }
}
