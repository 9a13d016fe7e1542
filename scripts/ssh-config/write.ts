import { join, resolve } from 'node:path'
import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import { install } from '../../connect/ssh-config/installation.ts'
import { isPinned, renderKnownHosts } from '../../connect/ssh-config/known-hosts.ts'
import { hostAlias } from '../../connect/ssh-config/place.ts'
import { planAwsCliWords, planKept, planProxyWords } from '../../connect/ssh-config/proxy-words.ts'
import { renderHost } from '../../connect/ssh-config/render-host.ts'
import { readBytes } from '../../home/files.ts'
import { findSandbox, reachMachine } from '../connect/reach.ts'
import type { Context } from '../sandbox/context.ts'
import { checkConfig } from './check-config.ts'
import { explainWrite } from './explain-write.ts'
import type { SshHome } from './home.ts'

export interface HostRequest {
  readonly context: Context
  readonly user: UserName
  readonly home: SshHome
  readonly awsCli: boolean
  /** As given with --config. */
  readonly config: string | undefined
}

export interface HostShown {
  readonly userConfig: string
  readonly include: string
  readonly file: string
  readonly block: string
}

export interface HostWritten {
  readonly user: UserName
  readonly host: string
  readonly instanceId: string
  /** Files that are new or different now. */
  readonly written: readonly string[]
  /** What can be typed now. */
  readonly next: readonly string[]
}

const planWords = ({ context, user, home, awsCli, config }: HostRequest, instanceId: string): string[] => {
  const { target, paths, settings } = context
  const { publicKey } = home.place
  const elsewhere = paths.state === join(paths.root, '.state') ? undefined : paths.state
  const { platform } = process
  if (awsCli) {
    if (target.sdk.endpoint !== undefined)
      throw new UserError(
        `the AWS CLI opens tunnels to AWS alone, and this one is at ${target.sdk.endpoint}`,
        {
          hint: 'leave --aws-cli away, or name another target: --target aws',
        },
      )
    const keep = planKept(process.env, undefined)
    const { region } = target
    const { tunnelSeconds: maxSeconds } = settings.ssh
    return planAwsCliWords({ instanceId, region, publicKey, keep, platform, maxSeconds })
  }
  const settingsFile = config ?? process.env.KIRO_SANDBOX_CONFIG
  return planProxyWords({
    ...{ user, instanceId, publicKey, platform, node: process.execPath },
    launcher: join(paths.root, 'scripts', 'launch.mjs'),
    flags: [
      ...['--target', target.name],
      ...(settingsFile === undefined ? [] : ['--config', resolve(settingsFile)]),
    ],
    keep: planKept(process.env, elsewhere),
  })
}

const renderBlock = (request: HostRequest, instanceId: string): string =>
  renderHost({
    ...{ user: request.user, instanceId, place: request.home.place, platform: process.platform },
    sandboxUser: names.sandboxUser,
    proxy: planWords(request, instanceId),
    writtenBy: `npm run ssh:config -- --user ${request.user}${request.home.flags} --write`,
  })

/** Reads only, and starts nothing. */
export const showHost = async (request: HostRequest): Promise<HostShown> => {
  const { context, user, home } = request
  const { instanceId } = await findSandbox(context, user)
  const { userConfig, host, knownHosts } = home.place
  if (!isPinned(readBytes(knownHosts(user)), instanceId))
    context.io.story.say(
      `--write reads the host keys of ${instanceId} and puts them into ${knownHosts(user)}`,
    )
  return { userConfig, include: home.include, file: host(user), block: renderBlock(request, instanceId) }
}

/** Host keys are read once per machine: what is pinned stays, until another machine takes its place. */
export const writeHost = async (request: HostRequest): Promise<HostWritten> => {
  const { context, user, home } = request
  const { instanceId } = await findSandbox(context, user)
  const block = renderBlock(request, instanceId)
  const before = readBytes(home.place.knownHosts(user))
  const knownHosts = isPinned(before, instanceId) ? before : await pin(request)
  const written = await install(home.place, user, { block, knownHosts }, home.include).catch(
    (error: unknown) => {
      throw explainWrite(error, home)
    },
  )
  const host = hostAlias(user)
  await checkConfig(home, host, instanceId)
  const next = [
    ['ssh', ...home.sshArguments, host].join(' '),
    `npm run ide -- --user ${user}${home.flags}`,
    `npm run ssh:config -- --user ${user}${home.flags} --remove`,
  ]
  return { user, host, instanceId, written, next }
}

const pin = async ({ context, user }: HostRequest): Promise<string> => {
  const { readHostKeys } = await import('./host-keys.ts')
  const { instanceId } = await reachMachine(context, user)
  return renderKnownHosts(instanceId, await readHostKeys(context, user, instanceId))
}
