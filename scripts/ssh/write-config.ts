import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import { backUpOnce, readBytes, writeBytes } from '../../connect/ssh-config/files.ts'
import { hasInclude, withInclude, withoutInclude } from '../../connect/ssh-config/include.ts'
import { parseHostKeys, withHost, withoutHost } from '../../connect/ssh-config/known-hosts.ts'
import type { SshPlace } from '../../connect/ssh-config/place.ts'
import { renderHost } from '../../connect/ssh-config/render-host.ts'
import type { SandboxMachine } from '../aws/instances.ts'
import { runOnMachine } from '../aws/run-command.ts'
import type { Context } from '../sandbox/context.ts'

/** Everything another process needs to find the same target again. */
export const planProxy = (
  { paths, target }: Context,
  user: UserName,
  config: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string[] => {
  const kept = ['KIRO_SANDBOX_STATE', 'KIRO_SANDBOX_BASE', 'AWS_PROFILE'].flatMap((name) => {
    const value = environment[name] ?? ''
    return value === '' ? [] : [`${name}=${name === 'AWS_PROFILE' ? value : resolve(value)}`]
  })
  return [
    ...(kept.length === 0 ? [] : ['env', ...kept]),
    process.execPath,
    join(paths.root, 'scripts', 'launch.mjs'),
    ...['ssh:proxy', '--user', user, '--target', target.name],
    ...(config === undefined ? [] : ['--config', resolve(config)]),
  ]
}

/** Host keys as the machine itself tells them over Systems Manager, where nobody sits in between. */
const findHostKeys = async (context: Context, { instanceId }: SandboxMachine) => {
  const ran = await runOnMachine(
    context.target.sdk,
    {
      instanceId,
      lines: ['cat /etc/ssh/ssh_host_*_key.pub'],
      seconds: 30,
      comment: 'kiro-sandbox: public host keys',
    },
    context.io.signal,
  )
  const keys = parseHostKeys(ran.stdout)
  if (keys.length > 0) return keys
  throw new UserError(`${instanceId} has no ssh host keys: ${ran.stderr.trim() || 'nothing was printed'}`, {
    hint: 'is sshd set up on its image?',
  })
}

const ensureIdentity = async (place: SshPlace): Promise<void> => {
  if (existsSync(place.identity) && existsSync(`${place.identity}.pub`)) return
  mkdirSync(place.folder, { recursive: true, mode: 0o700 })
  rmSync(place.identity, { force: true })
  const words = ['-q', '-t', 'ed25519', '-N', '', '-C', 'kiro-sandbox', '-f', place.identity]
  try {
    await promisify(execFile)('ssh-keygen', words)
  } catch (cause) {
    throw new UserError(`ssh-keygen could not make ${place.identity}: ${(cause as Error).message}`, {
      hint: 'install the OpenSSH client',
      cause,
    })
  }
}

export interface WrittenConfig {
  readonly text: string
  readonly changed: readonly string[]
}

export const renderConfig = (
  context: Context,
  user: UserName,
  { instanceId }: SandboxMachine,
  place: SshPlace,
  proxy: readonly string[],
): string =>
  renderHost({
    ...{ user, instanceId, proxy, place, platform: process.platform },
    sandboxUser: names.sandboxUser,
    writtenBy: `npm run ssh:config -- --user ${user} --target ${context.target.name} --write`,
  })

/** Key, host keys, block and Include; in this order, so that ssh never reads a block whose key is missing. */
export const writeConfig = async (
  context: Context,
  user: UserName,
  machine: SandboxMachine,
  place: SshPlace,
  text: string,
): Promise<string[]> => {
  const keys = await findHostKeys(context, machine)
  await ensureIdentity(place)
  if (!hasInclude(readBytes(place.userConfig))) backUpOnce(place.userConfig, place.backup)
  const files: (readonly [string, string])[] = [
    [place.knownHosts, withHost(readBytes(place.knownHosts), machine.instanceId, keys)],
    [place.host(user), text],
    [place.userConfig, withInclude(readBytes(place.userConfig))],
  ]
  return files.flatMap(([file, bytes]) => (writeBytes(file, bytes) ? [file] : []))
}

const hostNameOf = (block: string): string => /^ {2}HostName (\S+)$/m.exec(block)?.[1] ?? ''

/** Takes one sandbox out of the configuration, and with the last one everything of ours but the key. */
export const removeConfig = (user: UserName, place: SshPlace): string[] => {
  const file = place.host(user)
  if (!existsSync(file)) return []
  const changed = [file]
  const known = withoutHost(readBytes(place.knownHosts), hostNameOf(readBytes(file)))
  rmSync(file)
  if (writeBytes(place.knownHosts, known)) changed.push(place.knownHosts)
  const others = readdirSync(place.folder).some((name) => name.endsWith('.conf'))
  if (!others && existsSync(place.userConfig)) {
    if (writeBytes(place.userConfig, withoutInclude(readBytes(place.userConfig))))
      changed.push(place.userConfig)
  }
  return changed
}
