import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Paths } from '../../config/paths.ts'
import type { Story } from '../../config/story.ts'
import { UserError } from '../../config/user-error.ts'
import type { Architecture } from './architecture.ts'
import { claimBase } from './claim.ts'
import { explainBuild } from './explain.ts'
import { type Base, findBase, planBaseFolder } from './find.ts'
import { suite } from './recipe.ts'

/** As setup finds them; the others (mmdebstrap, rpm, createrepo_c, gpg, flock) are on PATH then. */
export interface BaseTools {
  readonly podman: string
}

export interface EnsureBaseOptions {
  readonly paths: Pick<Paths, 'root' | 'base' | 'local'>
  readonly architecture: Architecture
  readonly tools: BaseTools
  readonly story: Story
  readonly signal?: AbortSignal | undefined
  readonly env?: NodeJS.ProcessEnv
}

/** Pure: the inputs of local/base/build.sh. */
export const planBuildEnvironment = (
  { paths, architecture, tools, env = process.env }: EnsureBaseOptions,
  key: string,
): NodeJS.ProcessEnv => ({
  ...env,
  // Programs are asked in no language but the one in which their complaints are understood.
  LC_ALL: 'C.UTF-8',
  BASE_FOLDER: paths.base,
  BASE_KEY: key,
  BASE_SUITE: suite,
  BASE_ARCHITECTURE: architecture,
  BASE_PODMAN: tools.podman,
  BASE_DEBIAN_MIRROR: env.KIRO_SANDBOX_DEBIAN_MIRROR ?? '',
})

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
  const { paths, architecture, signal } = options
  signal?.throwIfAborted()
  await prepare(paths.base)
  const script = join(paths.root, 'local', 'base', 'build.sh')
  const child = spawn('flock', [join(paths.base, '.lock'), 'bash', script], {
    env: planBuildEnvironment(options, basename(planBaseFolder(paths, architecture))),
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
  const { paths, architecture, story } = options
  if (findBase(paths, architecture) === undefined)
    await story.step(`Base image of the guests (${architecture}, once)`, (note) => build(options, note))
  const base = findBase(paths, architecture)
  // The recipe was edited while it was being cooked.
  if (base === undefined) throw new UserError('the recipe of the base image changed while it was built')
  await claimBase(planBaseFolder(paths, architecture), paths.local)
  return base
}
