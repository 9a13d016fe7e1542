import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Paths } from '../../config/paths.ts'
import { renderOptions } from '../gateway/options.ts'

/** The one line that a daemon says about its start, see local/gateway/main.ts. */
export type DaemonStart =
  | { readonly ready: true; readonly port: number }
  | { readonly error: string; readonly detail: string; readonly code?: string }

export interface SpawnOptions {
  readonly paths: Paths
  readonly python: string
  readonly idleMinutes: number
}

/** Bundled normally; straight from the sources when there is no bundle, as in tests. */
const planProgram = ({ root, bundle }: Paths): string[] => {
  const bundled = join(bundle, 'gateway.mjs')
  return existsSync(bundled) ? [bundled] : ['--import', 'tsx', join(root, 'local', 'gateway', 'main.ts')]
}

/** The daemon outlives us and must not act in the name of whoever started it. */
export const planDaemonEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(AWS_|NODE_OPTIONS$|NODE_V8_COVERAGE$|npm_)/.test(name)),
  )

const parseStart = (line: string): DaemonStart => {
  try {
    return JSON.parse(line) as DaemonStart
  } catch {
    return { error: 'start', detail: line }
  }
}

const waitForLine = (child: ChildProcess): Promise<DaemonStart> =>
  new Promise((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ error: 'start', detail: error.message, ...(error.code && { code: error.code }) }),
    )
    child.on('exit', (code, signal) => {
      // Its last line may still be in the pipe.
      setTimeout(
        () => resolve({ error: 'start', detail: `the daemon ended with ${signal ?? `exit code ${code}`}` }),
        200,
      ).unref()
    })
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).once('line', (line) => resolve(parseStart(line)))
  })

/** Starts one daemon on its own and resolves when it serves, or has said why it cannot. */
export const spawnDaemon = async ({ paths, python, idleMinutes }: SpawnOptions): Promise<DaemonStart> => {
  mkdirSync(paths.local, { recursive: true, mode: 0o700 })
  const log = openSync(join(paths.local, 'gateway.log'), 'a', 0o600)
  const options = renderOptions({
    root: paths.root,
    folder: paths.local,
    python,
    bundle: paths.bundle,
    idleMinutes,
  })
  const child = spawn(process.execPath, [...planProgram(paths), ...options], {
    cwd: paths.root,
    detached: true,
    stdio: ['ignore', 'pipe', log],
    env: planDaemonEnvironment(process.env),
  })
  closeSync(log)
  try {
    return await waitForLine(child)
  } finally {
    child.stdout?.destroy()
    child.unref()
  }
}
