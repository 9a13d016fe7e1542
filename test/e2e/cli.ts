import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '..', '..')

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly pid: number
  readonly ended: Promise<Ended>
  /** Resolves once stderr holds the text; rejects when the command ends without it. */
  waitFor(text: string | RegExp): Promise<void>
  /** The same for stdout. */
  waitForAnswer(text: string | RegExp): Promise<void>
}

export interface ClientConfig {
  readonly region: string
  readonly endpoint: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

export interface Session {
  readonly state: string
  /** What KIRO_SANDBOX_CONFIG names in this session, if it has settings of its own. */
  readonly settingsFile: string
  /** For what starts a command itself, as a terminal does. */
  readonly env: NodeJS.ProcessEnv
  argv(name: string, ...args: string[]): string[]
  /** Runs an npm script's command to its end. */
  run(name: string, ...args: string[]): Promise<Ended>
  start(name: string, ...args: string[]): Running
  /** Environment with which any AWS tool talks to this session's local target. */
  awsEnvironment(): Promise<Record<string, string>>
  /** The same for clients of the SDK. */
  sdkConfig(): Promise<ClientConfig>
  /** Runs some program in that environment. */
  exec(command: string, args: readonly string[], cwd?: string): Promise<Ended>
  close(): Promise<void>
}

const start = (command: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Running => {
  const child = spawn(command, [...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  const watchers = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    for (const watcher of watchers) watcher()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    for (const watcher of watchers) watcher()
  })
  const ended = new Promise<Ended>((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => done({ code, stdout, stderr }))
  })
  const waitIn = (read: () => string) => (wanted: string | RegExp) =>
    new Promise<void>((done, fail) => {
      const look = () => {
        if (typeof wanted === 'string' ? !read().includes(wanted) : !wanted.test(read())) return
        watchers.delete(look)
        done()
      }
      watchers.add(look)
      look()
      void ended.then(() => fail(new Error(`ended without ${wanted}:\n${stderr}`)))
    })
  return { pid: child.pid ?? -1, ended, waitFor: waitIn(() => stderr), waitForAnswer: waitIn(() => stdout) }
}

/** A state folder of its own, so that tests never meet the developer's sandboxes, and settings of its own. */
export const openSession = (settings?: object, extra: NodeJS.ProcessEnv = {}): Session => {
  const state = mkdtempSync(join(tmpdir(), 'kiro-test-'))
  const config = join(state, 'settings.json')
  if (settings !== undefined) writeFileSync(config, JSON.stringify(settings))
  const { AWS_PROFILE: _profile, KIRO_SANDBOX_CONFIG: _config, ...inherited } = process.env
  const env = {
    ...inherited,
    KIRO_SANDBOX_STATE: state,
    // The base image of machines is made once per checkout, not once per session.
    KIRO_SANDBOX_BASE: process.env.KIRO_SANDBOX_BASE ?? join(root, '.state', 'base'),
    NO_COLOR: '1',
    ...(settings === undefined ? {} : { KIRO_SANDBOX_CONFIG: config }),
    ...extra,
  }
  const launcher = join(root, 'scripts', 'launch.mjs')
  const argv = (name: string, ...args: string[]) => [process.execPath, launcher, name, ...args]
  const begin = (name: string, ...args: string[]) =>
    start(process.execPath, [launcher, name, ...args], env, root)
  const run = (name: string, ...args: string[]) => begin(name, ...args).ended
  const awsEnvironment = async () =>
    (JSON.parse((await run('local:env', '--json')).stdout) as { set: Record<string, string> }).set
  return {
    state,
    settingsFile: config,
    ...{ env, argv, run },
    start: begin,
    awsEnvironment,
    async sdkConfig() {
      const { AWS_REGION, AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } =
        await awsEnvironment()
      return {
        region: AWS_REGION ?? '',
        endpoint: AWS_ENDPOINT_URL ?? '',
        credentials: { accessKeyId: AWS_ACCESS_KEY_ID ?? '', secretAccessKey: AWS_SECRET_ACCESS_KEY ?? '' },
      }
    },
    exec: async (command, args, cwd = state) =>
      start(command, args, { ...env, ...(await awsEnvironment()) }, cwd).ended,
    close: async () => {
      await run('local:reset', '--yes')
      rmSync(state, { recursive: true, force: true })
    },
  }
}

export const stackFolder = (session: Session, stack: string): string =>
  join(session.state, 'stacks', 'local-us-west-2', stack)

export const readJson = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
