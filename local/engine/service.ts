import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openWire, type Wire } from './wire.ts'

export interface ServiceOptions {
  readonly podman: string
  readonly arguments: readonly string[]
  /** Of the engine's place; the socket lies in it. */
  readonly run: string
  readonly log: (line: string) => void
  /** After the engine process had died and a new one answers. */
  readonly onRestart: () => void
}

export interface EngineService {
  readonly wire: Wire
  readonly pid: () => number | undefined
  stop(): Promise<void>
}

const startSeconds = 20

const configOf = (run: string): string => join(run, 'containers.conf')

/**
 * In place of what the machine is configured with, which is not meant for us.
 * podman keeps a process for five minutes after each program that it ran in a container; we ask at once.
 * https://github.com/containers/common/blob/main/docs/containers.conf.5.md
 */
export const renderConfig = (): string => '[engine]\nexit_command_delay = 10\n'

/**
 * The engine ends with us even if we are killed: two of them on one store are fine, a forgotten one is not.
 * setpriv belongs to util-linux, which every Linux has; guests live on without the engine.
 */
const spawnEngine = ({ podman, arguments: args, run, log }: ServiceOptions, socket: string): ChildProcess => {
  const service = [...args, 'system', 'service', '--time=0', `unix://${socket}`]
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', podman, ...service], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // Guests shall not inherit what whoever started us had set.
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR,
      CONTAINERS_CONF: configOf(run),
    },
  })
  child.stderr?.on('data', (text: Buffer) => log(`engine: ${text.toString().trim()}`))
  child.on('error', (error) => log(`engine: ${error.message}`))
  return child
}

const answers = async (wire: Wire): Promise<boolean> =>
  wire.ask('GET', '/_ping').then(
    ({ status }) => status === 200,
    () => false,
  )

const hasEnded = (child: ChildProcess): boolean =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null

const waitUntilReady = async (child: ChildProcess, wire: Wire): Promise<void> => {
  const end = performance.now() + startSeconds * 1000
  while (!(await answers(wire))) {
    if (hasEnded(child)) throw new Error('the engine ended while it started')
    if (performance.now() > end) {
      child.kill('SIGKILL')
      throw new Error(`the engine did not answer within ${startSeconds} s`)
    }
    await delay(15)
  }
}

const ended = (child: ChildProcess): Promise<void> =>
  hasEnded(child) ? Promise.resolve() : new Promise((resolve) => child.once('exit', () => resolve()))

/** Starts the engine's API process and keeps one alive until stop(). Rejects when the first does not start. */
export const startEngineService = async (options: ServiceOptions): Promise<EngineService> => {
  mkdirSync(options.run, { recursive: true, mode: 0o700 })
  writeFileSync(configOf(options.run), renderConfig())
  // A name of its own: a predecessor that was killed may still be on its way out.
  const socket = join(options.run, `api-${randomBytes(4).toString('hex')}.sock`)
  const wire = openWire(socket)
  let stopped = false
  let child = spawnEngine(options, socket)
  await waitUntilReady(child, wire)

  const keepAlive = async () => {
    for (let pause = 0; ; pause = Math.min(pause + 500, 5000)) {
      await ended(child)
      if (stopped) return
      options.log(`the engine ended unexpectedly (${child.signalCode ?? child.exitCode}); starting it again`)
      await delay(pause)
      if (stopped) return
      rmSync(socket, { force: true })
      child = spawnEngine(options, socket)
      try {
        await waitUntilReady(child, wire)
        pause = 0
        options.onRestart()
      } catch (error) {
        options.log((error as Error).message)
      }
    }
  }
  const keeping = keepAlive()

  return {
    wire,
    pid: () => child.pid,
    async stop() {
      stopped = true
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
      await keeping
      clearTimeout(timer)
      rmSync(socket, { force: true })
    },
  }
}
