import { type Paths, planPaths } from '../../config/paths.ts'
import type { Settings } from '../../config/settings.ts'
import { UserError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import { pumpTunnel } from '../../connect/eice/pump.ts'
import type { Io } from '../cli/io.ts'
import { recallTarget } from '../quick-target.ts'
import type { SandboxFlags } from '../sandbox/context.ts'
import { loadSettings } from '../settings-file.ts'
import { withTarget } from '../target.ts'
import { explainEnd, explainOpening } from './explain.ts'
import { openTunnel, type TunnelErrand } from './open-tunnel.ts'
import { loadPublicKey } from './public-key.ts'
import { forgetWay, planWayFile, readWay, type Way, type WayKey, writeWay } from './way.ts'

export interface ProxyFlags extends SandboxFlags {
  readonly key: string | undefined
  /** The only machine that is meant, if one is. */
  readonly instance: string | undefined
}

interface Errand extends TunnelErrand {
  readonly user: UserName
  readonly flags: ProxyFlags
  readonly io: Io
  readonly paths: Paths
  readonly settings: Settings
}

type Opened = { readonly way: Way; readonly socket: Awaited<ReturnType<typeof openTunnel>> }

const fileOf = ({ paths, user }: Errand, { accountId, region }: Omit<WayKey, 'user'>): string =>
  planWayFile(paths, { accountId, region, user })

/** ssh would say of a machine that took the place of another that somebody is listening in. */
const refuseAnother = (user: UserName, instance: string | undefined, instanceId: string): void => {
  if (instance === undefined || instance === instanceId) return
  throw new UserError(`the sandbox of ${user} is another machine now: ${instanceId}, not ${instance}`, {
    hint: `npm run ssh:config -- --user ${user} --write reads its host keys`,
  })
}

/** By what was found the last time. Whatever is wrong with it, asking anew says it better. */
const openAsBefore = async (errand: Errand): Promise<Opened | undefined> => {
  const { settings, paths, signal, flags } = errand
  const target = recallTarget(settings, paths)
  if (target === undefined) return undefined
  const file = fileOf(errand, { accountId: target.accountId, region: settings.region })
  const way = readWay(file)
  if (way === undefined || (flags.instance ?? way.instanceId) !== way.instanceId) return undefined
  try {
    return { way, socket: await openTunnel(target.sdk, way, errand) }
  } catch {
    signal.throwIfAborted()
    forgetWay(file)
    return undefined
  }
}

/** The exit code, when Session Manager has carried the connection instead. */
const openAnew = async (errand: Errand): Promise<Opened | number> => {
  const { user, flags, io } = errand
  const { openContext, renderCommand } = await import('../sandbox/context.ts')
  const context = await openContext(renderCommand('ssh:proxy', [user]), flags, io)
  const { findWay } = await import('./find-way.ts')
  const found = await findWay(context, user)
  refuseAnother(user, flags.instance, found.kind === 'tunnel' ? found.way.instanceId : found.instanceId)
  if (found.kind === 'no-endpoint') {
    io.story.warn(`${found.why}: ssh goes through Session Manager, which is slower`)
    const { proxyThroughSession } = await import('./through-session.ts')
    return proxyThroughSession(context, { user, instanceId: found.instanceId }, errand)
  }
  const { way } = found
  try {
    const socket = await openTunnel(context.target.sdk, way, errand)
    writeWay(fileOf(errand, way), way)
    return { way, socket }
  } catch (error) {
    throw explainOpening(error, { user, ...way })
  }
}

/** One connection to the sshd of a sandbox, on stdin and stdout. Returns the exit code. */
export const runProxy = async (user: UserName, flags: ProxyFlags, io: Io): Promise<number> => {
  const paths = planPaths(process.env)
  const settings = withTarget(loadSettings(paths, flags.config), flags.target)
  const publicKey = loadPublicKey(user, flags.key)
  const { tunnelSeconds: maxSeconds } = settings.ssh
  const errand = { user, flags, io, paths, settings, publicKey, maxSeconds, signal: io.signal }
  const opened = (await openAsBefore(errand)) ?? (await openAnew(errand))
  if (typeof opened === 'number') return opened
  const { way, socket } = opened
  const end = await pumpTunnel(socket, process.stdin, process.stdout)
  // ssh has gone and says so by a signal.
  if (io.signal.aborted) return 0
  const failure = explainEnd(end, { user, ...way })
  if (failure === undefined) return 0
  forgetWay(fileOf(errand, way))
  throw failure
}
