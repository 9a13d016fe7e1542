import { setTimeout as delay } from 'node:timers/promises'
import type { Paths } from '../../config/paths.ts'
import type { Story } from '../../config/story.ts'
import { UserError } from '../../config/user-error.ts'
import { type ControlFile, protocol } from './control-file.ts'
import { explainFailure } from './explain-failure.ts'
import { findDaemon } from './probe.ts'
import { spawnDaemon } from './spawn-daemon.ts'
import { stopDaemon } from './stop.ts'

/** An AWS on this machine, and the credentials of its first user. */
export interface LocalTarget {
  readonly endpoint: string
  readonly accountId: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly pid: number
  /** By this call; false when it already ran. */
  readonly started: boolean
}

export interface EnsureOptions {
  readonly paths: Paths
  readonly python: string
  readonly idleMinutes: number
  readonly story: Story
  readonly signal?: AbortSignal
}

const deadline = 30_000
const pollEvery = 25

const asTarget = (control: ControlFile, started: boolean): LocalTarget => ({
  // An address, not a name: for an address SDKs put the bucket into the path (bucket.localhost resolves nowhere).
  endpoint: `http://127.0.0.1:${control.port}`,
  accountId: control.accountId,
  accessKeyId: control.accessKeyId,
  secretAccessKey: control.secretAccessKey,
  pid: control.pid,
  started,
})

/** A daemon from older sources goes on serving; one that speaks differently, or lost its moto, does not. */
const isUsable = (control: ControlFile): boolean => control.protocol === protocol && control.failure === null

const waitForOther = async (
  folder: string,
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<ControlFile | undefined> => {
  const end = performance.now() + milliseconds
  while (performance.now() < end) {
    signal?.throwIfAborted()
    const found = await findDaemon(folder)
    if (found !== undefined) return found
    await delay(pollEvery)
  }
  return undefined
}

const start = async ({ paths, python, idleMinutes, signal }: EnsureOptions): Promise<LocalTarget> => {
  const end = performance.now() + deadline
  while (performance.now() < end) {
    signal?.throwIfAborted()
    const began = await spawnDaemon({ paths, python, idleMinutes })
    if ('ready' in began) {
      const control = await findDaemon(paths.local)
      if (control !== undefined) return asTarget(control, true)
      continue
    }
    if (began.error !== 'locked') throw explainFailure(began, python)
    // Somebody else starts, or a predecessor is still saving: take theirs, or try again when it has gone.
    const other = await waitForOther(paths.local, 1500, signal)
    if (other !== undefined) return asTarget(other, false)
  }
  throw new UserError(
    `another process holds the books of the local target in ${paths.local} and does not answer`,
    {
      hint: 'npm run local:down',
    },
  )
}

/** The local target if it runs and can be used. Starts nothing. */
export const findLocalTarget = async (folder: string): Promise<LocalTarget | undefined> => {
  const running = await findDaemon(folder)
  return running !== undefined && isUsable(running) ? asTarget(running, false) : undefined
}

/** The local target, running. Started when it does not run; two starters at once end with one daemon. */
export const ensureControlPlane = async (options: EnsureOptions): Promise<LocalTarget> => {
  const running = await findDaemon(options.paths.local)
  if (running !== undefined && isUsable(running)) return asTarget(running, false)
  return options.story.step('Start the local target', async (note) => {
    note('moto is being loaded')
    if (running !== undefined) await stopDaemon(running)
    return start(options)
  })
}
