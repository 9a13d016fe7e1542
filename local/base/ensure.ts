import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Paths } from '../../config/paths.ts'
import type { Story } from '../../config/story.ts'
import { UserError } from '../../config/user-error.ts'
import type { EngineChoice, EngineKind } from '../engine/choice.ts'
import type { Architecture } from './architecture.ts'
import { claimBase } from './claim.ts'
import { explainBuild } from './explain.ts'
import { type Base, findBase, planBaseFolder } from './find.ts'
import { suite } from './recipe.ts'

export interface EnsureBaseOptions {
  readonly paths: Pick<Paths, 'root' | 'base' | 'local'>
  readonly architecture: Architecture
  /** That runs it. What makes it (mmdebstrap, rpm, createrepo_c, gpg, flock) is on PATH then, as setup sees to it. */
  readonly engine: EngineChoice
  readonly story: Story
  readonly signal?: AbortSignal | undefined
  readonly env?: NodeJS.ProcessEnv
}

/** Pure: the inputs of local/base/build.sh. */
export const planBuildEnvironment = (
  { paths, architecture, engine, env = process.env }: EnsureBaseOptions,
  keys: { readonly own: string; readonly twin: string },
): NodeJS.ProcessEnv => ({
  ...env,
  // Programs are asked in no language but the one in which their complaints are understood.
  LC_ALL: 'C.UTF-8',
  BASE_FOLDER: paths.base,
  BASE_KEY: keys.own,
  BASE_TWIN: keys.twin,
  BASE_SUITE: suite,
  BASE_ARCHITECTURE: architecture,
  BASE_ENGINE: engine.kind,
  BASE_PODMAN: engine.kind === 'podman' ? engine.podman : '',
  BASE_DEBIAN_MIRROR: env.KIRO_SANDBOX_DEBIAN_MIRROR ?? '',
})

/** What the base for one engine is made of serves the other one as well. */
const otherThan: Readonly<Record<EngineKind, EngineKind>> = { podman: 'docker', docker: 'podman' }

/** Of what a build says on stderr this much is enough to explain it. */
const largest = 64 * 1024

const prepare = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    throw new UserError(`cannot make the folder of the base image: ${(error as Error).message}`, {
      hint: 'KIRO_SANDBOX_BASE=/a/writable/folder',
      cause: error,
    })
  }
}

/**
 * The lock is the kernel's and goes with the last process that holds it; a second builder waits for it and then
 * finds what the first one made. Its own process group, so that ending it ends everything below it.
 */
const build = async (options: EnsureBaseOptions, note: (text: string) => void): Promise<void> => {
  const { paths, architecture, engine, signal } = options
  const keyFor = (kind: EngineKind) => basename(planBaseFolder(paths, architecture, kind))
  const keys = { own: keyFor(engine.kind), twin: keyFor(otherThan[engine.kind]) }
  signal?.throwIfAborted()
  await prepare(paths.base)
  const script = join(paths.root, 'local', 'base', 'build.sh')
  const child = spawn('flock', [join(paths.base, '.lock'), 'bash', script], {
    env: planBuildEnvironment(options, keys),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const end = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
    } catch {} // It has ended by itself.
  }
  signal?.addEventListener('abort', end, { once: true })
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('note: ')) note(line.slice('note: '.length))
  })
  let stderr = ''
  child.stderr.on('data', (part: Buffer) => {
    stderr = (stderr + part).slice(-largest)
  })
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  }).finally(() => signal?.removeEventListener('abort', end))
  signal?.throwIfAborted()
  if (exitCode !== 0) throw explainBuild(exitCode, stderr, paths.base)
}

/** The base of today's recipe; built when it is not there, which takes one to three minutes once. */
export const ensureBase = async (options: EnsureBaseOptions): Promise<Base> => {
  const { paths, architecture, engine, story } = options
  if (findBase(paths, architecture, engine.kind) === undefined)
    await story.step(`Base image of the guests (${architecture}, once)`, (note) => build(options, note))
  const base = findBase(paths, architecture, engine.kind)
  // The recipe was edited while it was being cooked.
  if (base === undefined) throw new UserError('the recipe of the base image changed while it was built')
  await claimBase(planBaseFolder(paths, architecture, engine.kind), paths.local)
  return base
}
