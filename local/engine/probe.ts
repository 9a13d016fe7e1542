import { type GuestHost, planGuest } from '../guests/plan-container.ts'
import { createEngine, type Engine } from './engine.ts'
import { type EnginePlace, planPodmanArguments } from './place.ts'
import { startEngineService } from './service.ts'

/** How this machine's podman has to be called so that systemd boots in a container. */
export interface EngineFlags {
  readonly runtime: string | null
  readonly cgroupManager: string | null
}

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

export type Probed = { readonly flags: EngineFlags; readonly seconds: number } | { readonly reason: string }

/** Podman's own choice last but one: older crun cannot live with mixed cgroups, and runc is what was measured. */
export const planCandidates = (runtimes: readonly string[]): EngineFlags[] =>
  [null, 'cgroupfs'].flatMap((cgroupManager) => [
    ...(runtimes.includes('runc') ? [{ runtime: 'runc', cgroupManager }] : []),
    { runtime: null, cgroupManager },
  ])

/** Longest wait for a machine that boots in half a second, in milliseconds. */
const patience = 20_000

/**
 * Basic system is as far as a boot has to come to prove that systemd works here. What follows asks for metadata,
 * which this machine has not.
 */
const bootOnce = async (engine: Engine, options: ProbeOptions): Promise<string | undefined> => {
  const name = 'probe'
  await engine.remove(name)
  try {
    await engine.create(name, planGuest(options.image, name, options.host, []))
    await engine.start(name)
    return await findBootFailure(engine, name)
  } finally {
    await engine.remove(name)
  }
}

/** In its first moments PID 1 does not answer yet. */
const findBootFailure = async (engine: Engine, name: string): Promise<string | undefined> => {
  const end = performance.now() + patience
  for (;;) {
    const { stdout, stderr } = await engine.run(name, ['systemctl', 'is-active', 'basic.target'])
    const word = stdout.toString().trim()
    if (word === 'active') return undefined
    if (performance.now() > end)
      return `systemd does not come up in a container: ${word || stderr.toString().trim() || 'it does not answer'}`
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const tryFlags = async (flags: EngineFlags, options: ProbeOptions): Promise<string | undefined> => {
  const service = await startEngineService({
    podman: options.podman,
    arguments: planPodmanArguments({ ...options, ...flags }),
    run: options.place.run,
    log: options.log,
    onRestart: () => {},
  })
  try {
    return await bootOnce(createEngine(service.wire), options)
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
