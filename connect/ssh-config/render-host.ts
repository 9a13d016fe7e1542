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

/** The longest path of a socket, on macOS; ssh hangs 17 characters on ours while it makes one. */
const longestSocket = 103 - 17

/**
 * Sharing one connection needs Unix sockets between processes, which ssh on Windows does not do. A second ssh then
 * costs no tunnel, no key and no login. By machine and user, so that nobody gets the connection to another one; the
 * name is short because the path of a socket has to be. It ends with the last ssh: where it may stay longer, ssh
 * throws away what the proxy says on stderr, and nobody would learn why a connection fails.
 * https://github.com/openssh/openssh-portable/blob/master/sshconnect.c, "Stderr is left for non-ControlPersist"
 */
const sharing = ({ place, platform, instanceId, sandboxUser }: HostFacts): string[] => {
  const socket = join(place.folder, `%r-${instanceId}`)
  if (platform === 'win32' || socket.length - 2 + sandboxUser.length > longestSocket) return []
  return [
    'ControlMaster auto',
    `ControlPath ${quotePath(`${place.folder}/`, `%r-${instanceId}`)}`,
    'ControlPersist no',
  ]
}

/** Windows takes both slashes; a backslash means something else to ssh. */
const pathOn = (platform: NodeJS.Platform, path: string): string =>
  platform === 'win32' ? path.replaceAll('\\', '/') : path

/**
 * The block of one sandbox. Its name is known by instance id, so a new machine under the old name is never taken
 * for the old one; its host key was read through Systems Manager and is the only one that is believed.
 * Quiet connections are cut on their way, hence ServerAliveInterval. What a person has set for `Host *` comes later
 * and so does not count; what must not be inherited is named here.
 */
export const renderHost = (facts: HostFacts): string => {
  const { user, instanceId, sandboxUser, proxy, writtenBy, place, platform } = facts
  const options = [
    `HostName ${instanceId}`,
    `HostKeyAlias ${instanceId}`,
    `User ${sandboxUser}`,
    'Port 22',
    'CanonicalizeHostname no',
    `IdentityFile ${quotePath(pathOn(platform, place.identity))}`,
    'IdentitiesOnly yes',
    'IdentityAgent none',
    'PreferredAuthentications publickey',
    `UserKnownHostsFile ${quotePath(pathOn(platform, place.knownHosts(user)))}`,
    'StrictHostKeyChecking yes',
    'UpdateHostKeys no',
    'ForwardAgent no',
    'ForwardX11 no',
    'ServerAliveInterval 15',
    'ServerAliveCountMax 4',
    ...sharing(facts),
    `ProxyCommand ${proxy.map((word) => quoteForProxy(pathOn(platform, word))).join(' ')}`,
  ]
  return `# Written by ${writtenBy}\nHost ${hostAlias(user)}\n${options.map((line) => `  ${line}\n`).join('')}`
}

/** The machine a block leads to. */
export const instanceOf = (block: string): string | undefined =>
  /^ {2}HostName (i-[0-9a-f]+)$/m.exec(block)?.[1]
