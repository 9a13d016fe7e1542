import type { GuestHost } from '../guests/plan-container.ts'
import { bootOnce } from './boot-once.ts'
import { createEngine } from './engine.ts'
import type { PodmanFlags } from './flags.ts'
import { type EnginePlace, planPodmanArguments } from './place.ts'
import { startEngineService } from './service.ts'

export interface ProbeOptions {
  readonly podman: string
  readonly place: EnginePlace
  readonly baseStore: string
  readonly image: string
  readonly host: GuestHost
  /** Runtimes on PATH that podman may be told to take. */
  readonly runtimes: readonly string[]
  readonly log: (line: string) => void
}

export type Probed = { readonly flags: PodmanFlags; readonly seconds: number } | { readonly reason: string }

/** Podman's own choice last but one: older crun cannot live with mixed cgroups, and runc is what was measured. */
export const planCandidates = (runtimes: readonly string[]): PodmanFlags[] =>
  [null, 'cgroupfs'].flatMap((cgroupManager) => [
    ...(runtimes.includes('runc') ? [{ runtime: 'runc', cgroupManager }] : []),
    { runtime: null, cgroupManager },
  ])

const tryFlags = async (flags: PodmanFlags, options: ProbeOptions): Promise<string | undefined> => {
  const service = await startEngineService({
    podman: options.podman,
    arguments: planPodmanArguments({ ...options, ...flags }),
    run: options.place.run,
    log: options.log,
    onRestart: () => {},
  })
  try {
    return await bootOnce(createEngine(service.wire), { ...options, binds: [] })
  } finally {
    await service.stop()
  }
}

/** Boots the base image with one set of flags after the other; the first that works is the answer. */
export const probeEngine = async (options: ProbeOptions): Promise<Probed> => {
  const began = performance.now()
  const reasons: string[] = []
  for (const flags of planCandidates(options.runtimes)) {
    const failure = await tryFlags(flags, options).catch((error: unknown) => (error as Error).message)
    if (failure === undefined) return { flags, seconds: Math.round((performance.now() - began) / 100) / 10 }
    options.log(`the engine with ${JSON.stringify(flags)}: ${failure}`)
    reasons.push(failure)
  }
  return { reason: reasons[0] ?? 'no way to call it' }
}
