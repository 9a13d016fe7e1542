import { type GuestHost, planGuest } from '../guests/plan-container.ts'
import type { Engine } from './engine.ts'

export interface Trial {
  readonly image: string
  readonly host: GuestHost
  readonly binds: readonly string[]
  /** Looks at the container once it runs: a reason ends the trial. */
  readonly look?: (name: string) => Promise<string | undefined>
}

const name = 'probe'

/** Longest wait for a machine that boots in half a second, in milliseconds. */
const patience = 20_000

/**
 * Basic system is as far as a boot has to come to prove that systemd works here. What follows asks for metadata,
 * which this machine has not.
 */
export const bootOnce = async (
  engine: Engine,
  { image, host, binds, look }: Trial,
): Promise<string | undefined> => {
  await engine.remove(name)
  try {
    await engine.create(name, planGuest(image, name, host, binds))
    await engine.start(name)
    return (await look?.(name)) ?? (await findBootFailure(engine))
  } finally {
    await engine.remove(name)
  }
}

/** In its first moments PID 1 does not answer yet. */
const findBootFailure = async (engine: Engine): Promise<string | undefined> => {
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
