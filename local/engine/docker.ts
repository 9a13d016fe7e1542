import { bootOnce } from './boot-once.ts'
import { ensureDockerBase } from './docker-base.ts'
import { hierarchy, planCgroupWays, planParent } from './docker-cgroups.ts'
import { removeCgroups } from './docker-clear.ts'
import { type DockerDaemon, findDaemon, watchDaemon } from './docker-daemon.ts'
import { prepareGroundTest } from './docker-ground.ts'
import { planBelongings, planDockerKey } from './docker-guest.ts'
import { writeDockerNote } from './docker-note.ts'
import { createEngine, type Engine } from './engine.ts'
import { type DockerFlags, isDockerFlags } from './flags.ts'
import type { NotOpened, Opened, OpenOptions } from './open.ts'

type Make = (flags: DockerFlags) => Engine

const removingCgroups = (engine: Engine, driver: string, key: string): Engine => ({
  ...engine,
  async remove(name) {
    await engine.remove(name)
    removeCgroups(`${hierarchy}${planParent(driver, key, name).path}`)
  },
})

const tryWay = async (
  engine: Engine,
  daemon: DockerDaemon,
  options: OpenOptions,
): Promise<string | undefined> => {
  const test = prepareGroundTest(engine, daemon, options.local)
  try {
    return await bootOnce(engine, { image: options.base.image, host: options.host, ...test })
  } finally {
    test.remove()
  }
}

/** Boots the base image in one way after the other; the first that works is the answer. */
const probe = async (
  make: Make,
  daemon: DockerDaemon,
  options: OpenOptions,
): Promise<DockerFlags | NotOpened> => {
  const reasons: string[] = []
  for (const cgroups of planCgroupWays(daemon.cgroups, daemon.api)) {
    const flags = { cgroups }
    const failure = await tryWay(make(flags), daemon, options).catch(
      (error: unknown) => (error as Error).message,
    )
    if (failure === undefined) return flags
    options.log(`Docker with ${JSON.stringify(flags)}: ${failure}`)
    reasons.push(failure)
  }
  return { reason: reasons[0] ?? 'no way to call it' }
}

/**
 * The Docker that this computer has. We start none: two of them fight over one set of firewall rules and bridges,
 * and whoever chose Docker has it running.
 */
export const openDocker = async (socket: string, options: OpenOptions): Promise<Opened | NotOpened> => {
  const daemon = await findDaemon(socket)
  if ('reason' in daemon) return daemon
  const { wire, cgroups, version } = daemon
  const { local, base, known } = options
  const make: Make = ({ cgroups: way }) => {
    const engine = createEngine(
      wire,
      planBelongings({ local, cgroups, way, architecture: base.architecture }),
    )
    return way === 'own' ? removingCgroups(engine, cgroups.driver, planDockerKey(local)) : engine
  }
  // From here on there may be something of ours in it.
  writeDockerNote(local, { socket })
  await ensureDockerBase(wire, base)
  const flags = known !== undefined && isDockerFlags(known) ? known : await probe(make, daemon, options)
  if ('reason' in flags) return { reason: `Docker at ${socket} cannot boot a machine: ${flags.reason}` }
  const end = new AbortController()
  const watching = watchDaemon(wire, { ...options, signal: end.signal })
  return {
    engine: make(flags),
    flags,
    title: `Docker ${version}`,
    async close() {
      end.abort()
      await watching
    },
  }
}
