import { join } from 'node:path'
import type { UserName } from '../../config/user-name.ts'
import { hostAlias, type SshPlace } from './place.ts'

export interface HostFacts {
  readonly user: UserName
  readonly instanceId: string
  readonly sandboxUser: string
  /** Program and arguments; ssh hands the line to a shell. */
  readonly proxy: readonly string[]
  /** The command that wrote it, for people who find the file. */
  readonly writtenBy: string
  readonly place: SshPlace
  readonly platform: NodeJS.Platform
}

/**
 * One word of a ProxyCommand. Three parties read it: ssh checks that quotes are balanced, then expands %, then a
 * shell takes it apart. Double quotes with backslashes mean the same to the first and the last.
 */
export const quoteForProxy = (word: string): string =>
  (/^[A-Za-z0-9_./:=@-]+$/.test(word) ? word : `"${word.replace(/[\\"$`]/g, '\\$&')}"`).replaceAll('%', '%%')

/** A path as a word of ssh_config, which knows double quotes and no way to write one inside. ssh expands `token`. */
const quotePath = (path: string, token = ''): string => {
  if (/["\n\r]/.test(path)) throw new Error(`ssh_config cannot express the path ${JSON.stringify(path)}`)
  return `"${path.replaceAll('%', '%%')}${token}"`
}

/**
 * Sharing one connection needs Unix sockets between processes, which ssh on Windows does not do. ssh puts a hash of
 * host and user in place of %C.
 */
const sharing = ({ folder }: SshPlace): string[] => [
  'ControlMaster auto',
  `ControlPath ${quotePath(join(folder, 'cm-'), '%C')}`,
  'ControlPersist 10m',
]

/**
 * The block of one sandbox. Its name is known by instance id, so a new machine under the old name is never taken
 * for the old one; its host key was read through Systems Manager and is the only one that is believed.
 * Quiet connections are cut on their way, hence ServerAliveInterval.
 */
export const renderHost = (facts: HostFacts): string => {
  const { user, instanceId, sandboxUser, proxy, writtenBy, place, platform } = facts
  const options = [
    `HostName ${instanceId}`,
    `HostKeyAlias ${instanceId}`,
    `User ${sandboxUser}`,
    'Port 22',
    `IdentityFile ${quotePath(place.identity)}`,
    'IdentitiesOnly yes',
    'IdentityAgent none',
    `UserKnownHostsFile ${quotePath(place.knownHosts)}`,
    'StrictHostKeyChecking yes',
    'UpdateHostKeys no',
    'ForwardAgent no',
    'ForwardX11 no',
    'ServerAliveInterval 15',
    'ServerAliveCountMax 4',
    ...(platform === 'win32' ? [] : sharing(place)),
    `ProxyCommand ${proxy.map(quoteForProxy).join(' ')}`,
  ]
  return `# Written by ${writtenBy}\nHost ${hostAlias(user)}\n${options.map((line) => `  ${line}\n`).join('')}`
}
