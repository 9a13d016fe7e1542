import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** First and only line of the shim on stdout, see local/control/shim. */
export interface ShimReady {
  readonly port: number
  /** The file it listens at instead of the port. */
  readonly socket: string | null
  readonly pid: number
  readonly moto: string
  readonly accountId: string
  readonly operator: { readonly arn: string; readonly accessKeyId: string; readonly secretAccessKey: string }
}

/** `locked`, `corrupt`, `version` and `self-check` are the shim's own words. */
export interface ShimFailure {
  readonly error: 'locked' | 'corrupt' | 'version' | 'self-check' | 'python' | 'start' | 'unstable'
  readonly detail: string
}

export interface ShimRun {
  readonly pid: number | undefined
  readonly started: Promise<ShimReady | ShimFailure>
  readonly ended: Promise<string>
  /** End of stdin: it finishes what it does and leaves. Killed when it does not. */
  stop(): Promise<void>
  kill(): void
}

export interface ShimOptions {
  readonly python: string
  readonly root: string
  readonly folder: string
  /** Proof that a caller is the gateway, for a shim that asks for it. */
  readonly token: string
  /** File to listen at. Without one it takes a free port of loopback. */
  readonly socket?: string | undefined
  readonly log: (line: string) => void
}

const startSeconds = 25
/** The shim itself gives requests in flight 20 s. */
const stopSeconds = 25

const isReady = (line: { ready?: unknown }): boolean => line.ready === true

const parseFirstLine = (line: string): ShimReady | ShimFailure | undefined => {
  try {
    const parsed = JSON.parse(line) as { ready?: unknown; error?: unknown }
    return isReady(parsed) || typeof parsed.error === 'string'
      ? (parsed as unknown as ShimReady | ShimFailure)
      : undefined
  } catch {
    return undefined
  }
}

export const isFailure = (start: ShimReady | ShimFailure): start is ShimFailure => 'error' in start

/** Credentials and settings of the person who starts us must not reach moto. */
export const planShimEnvironment = (env: NodeJS.ProcessEnv, token: string): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(AWS|MOTO)_|^PYTHON(PATH|HOME|STARTUP)$/.test(name)),
  ),
  PYTHONUNBUFFERED: '1',
  KIRO_SANDBOX_SHIM_TOKEN: token,
})

const waitForStart = (child: ChildProcess, lastWords: readonly string[]): Promise<ShimReady | ShimFailure> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      resolve({ error: 'start', detail: `moto was not ready after ${startSeconds} s` })
    }, startSeconds * 1000)
    const finish = (start: ShimReady | ShimFailure) => {
      clearTimeout(timer)
      resolve(start)
    }
    child.on('error', (error: NodeJS.ErrnoException) => finish({ error: 'python', detail: error.message }))
    // 'close', not 'exit': by then the last words have been read.
    child.on('close', (code, signal) =>
      finish({
        error: 'start',
        detail: lastWords.join('\n').trim() || `the shim ended with ${signal ?? `exit code ${code}`}`,
      }),
    )
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on('line', (line) => {
        const start = parseFirstLine(line)
        if (start !== undefined) finish(start)
      })
  })

/** One life of the Python process around moto. */
export const startShim = ({ python, root, folder, token, socket, log }: ShimOptions): ShimRun => {
  const at = socket === undefined ? [] : ['--socket', socket]
  const child = spawn(python, [join(root, 'local', 'control', 'shim'), '--state', folder, ...at], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: planShimEnvironment(process.env, token),
    cwd: folder,
  })
  const lastWords: string[] = []
  if (child.stderr !== null)
    createInterface({ input: child.stderr }).on('line', (line) => {
      lastWords.push(line)
      if (lastWords.length > 8) lastWords.shift()
      log(`moto: ${line}`)
    })
  child.stdin?.on('error', () => {}) // It may be gone before we close it.
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })
  return {
    pid: child.pid,
    started: waitForStart(child, lastWords),
    ended,
    kill: () => void child.kill('SIGKILL'),
    async stop() {
      const timer = setTimeout(() => child.kill('SIGKILL'), stopSeconds * 1000)
      child.stdin?.end()
      await ended
      clearTimeout(timer)
    },
  }
}
