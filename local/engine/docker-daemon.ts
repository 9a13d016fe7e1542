import { setTimeout as delay } from 'node:timers/promises'
import type { DockerCgroups } from './docker-cgroups.ts'
import { expectReply, openWire, type Wire } from './wire.ts'

export interface DockerVersion {
  readonly Version: string
  readonly ApiVersion: string
  /** Newer ones refuse clients that speak less. */
  readonly MinAPIVersion?: string
}

export interface DockerDaemon {
  readonly wire: Wire
  readonly version: string
  readonly api: string
  readonly cgroups: DockerCgroups
  /** `Docker Desktop`, `Debian GNU/Linux 12 (bookworm)` */
  readonly system: string
}

const minorOf = (api: string): number => Number(api.split('.')[1])

/** What we speak: the oldest that has what we need, the one with writable cgroups, or the oldest it takes. */
export const decideApi = ({
  Version,
  ApiVersion,
  MinAPIVersion,
}: DockerVersion): { api: string } | { reason: string } => {
  if (!(minorOf(ApiVersion) >= 41))
    return { reason: `Docker ${Version} is too old, 20.10 or newer is needed` }
  const known = minorOf(ApiVersion) >= 48 ? 48 : 41
  return { api: `1.${Math.max(known, minorOf(MinAPIVersion ?? '1.0'))}` }
}

const failures: Readonly<Record<string, string>> = {
  ENOENT: 'nobody listens there',
  ECONNREFUSED: 'nobody listens there',
  EACCES: 'this user may not talk to it',
}

const explain = (error: unknown): string => {
  const { code = '', message } = error as NodeJS.ErrnoException
  return failures[code] ?? message
}

const parse = <T>(body: Buffer): T => JSON.parse(body.toString()) as T

/** Starts nothing. @param seconds how long an answer may take */
export const findDockerVersion = async (
  socket: string,
  seconds = 10,
): Promise<DockerVersion | { readonly reason: string }> => {
  try {
    const asked = openWire(socket, '').ask('GET', '/version', undefined, AbortSignal.timeout(seconds * 1000))
    return parse<DockerVersion>(expectReply('ask its version', await asked))
  } catch (error) {
    return { reason: `Docker at ${socket} does not answer: ${explain(error)}` }
  }
}

export const findDaemon = async (socket: string): Promise<DockerDaemon | { readonly reason: string }> => {
  const found = await findDockerVersion(socket)
  if ('reason' in found) return found
  const spoken = decideApi(found)
  if ('reason' in spoken) return spoken
  const wire = openWire(socket, `/v${spoken.api}`)
  const info = parse<{ CgroupVersion?: string; CgroupDriver: string; OperatingSystem: string }>(
    expectReply('ask about it', await wire.ask('GET', '/info')),
  )
  return {
    ...{ wire, version: found.Version, api: found.ApiVersion, system: info.OperatingSystem },
    cgroups: { version: info.CgroupVersion ?? '1', driver: info.CgroupDriver },
  }
}

const answers = (wire: Wire): Promise<boolean> =>
  wire.ask('GET', '/_ping').then(
    ({ status }) => status === 200,
    () => false,
  )

/** Ends when the connection does, and with it the daemon. */
const untilItEnds = async (wire: Wire, signal: AbortSignal): Promise<void> => {
  const filters = encodeURIComponent(JSON.stringify({ type: ['daemon'] }))
  for await (const _event of await wire.stream(`/events?filters=${filters}`, signal));
}

export interface DaemonWatch {
  readonly onLost: () => void
  readonly onRestart: () => void
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

/** Says so each time the daemon goes and is back, until the signal. */
export const watchDaemon = async (wire: Wire, watch: DaemonWatch): Promise<void> => {
  const { onLost, onRestart, log, signal } = watch
  for (;;) {
    await untilItEnds(wire, signal).catch(() => {})
    if (signal.aborted) return
    log('Docker has ended; waiting until it is back')
    onLost()
    while (!(await answers(wire))) {
      await delay(500, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
    }
    log('Docker is back')
    onRestart()
  }
}
