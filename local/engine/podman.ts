import { createEngine } from './engine.ts'
import { isDockerFlags } from './flags.ts'
import { endWatchers, waitForTidying } from './leftovers.ts'
import type { NotOpened, Opened, OpenOptions } from './open.ts'
import { planEnginePlace, planPodmanArguments } from './place.ts'
import { probeEngine } from './probe.ts'
import { startEngineService } from './service.ts'

/** Starts a podman service of our own, on a store of our own. */
export const openPodman = async (podman: string, options: OpenOptions): Promise<Opened | NotOpened> => {
  const { local, base, host, runtimes, known, log, onRestart } = options
  const place = planEnginePlace(local, {
    root: process.getuid?.() === 0,
    runtimeDir: process.env.XDG_RUNTIME_DIR,
  })
  const common = { podman, place, baseStore: base.store, log }
  const probed =
    known === undefined || isDockerFlags(known)
      ? await probeEngine({ ...common, image: base.image, host, runtimes })
      : { flags: known }
  if ('reason' in probed) return { reason: `${podman} cannot boot a machine: ${probed.reason}` }
  const { flags } = probed
  const service = await startEngineService({
    ...common,
    arguments: planPodmanArguments({ ...common, ...flags }),
    run: place.run,
    onRestart,
  })
  const engine = createEngine(service.wire)
  return {
    engine,
    flags,
    title: `podman ${await engine.version()}`,
    async close() {
      await service.stop()
      endWatchers(place.run)
      // Whoever asked us to end may remove our folders next.
      await waitForTidying(place.run)
    },
  }
}
