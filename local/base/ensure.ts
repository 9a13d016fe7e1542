import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { BaseSetting } from '../../config/local-base.ts'
import type { Paths } from '../../config/paths.ts'
import type { Story } from '../../config/story.ts'
import { exitCode, UserError } from '../../config/user-error.ts'
import type { EngineChoice, EngineKind } from '../engine/choice.ts'
import type { Architecture } from './architecture.ts'
import { decideBase, decideSetting } from './choose.ts'
import { claimBase } from './claim.ts'
import { explainBuild } from './explain.ts'
import { type Base, type BaseKind, findBases, planBaseFolders } from './find.ts'
import { suite } from './recipe.ts'
import { amazonLinuxSource, askRegistry, type ImageSource, isLoopback, renderSource } from './registry.ts'

export interface EnsureBaseOptions {
  readonly paths: Pick<Paths, 'root' | 'base' | 'local'>
  readonly architecture: Architecture
  readonly setting: BaseSetting
  /** That runs it. What makes it (mmdebstrap, rpm, createrepo_c, gpg, flock) is on PATH then, as setup sees to it. */
  readonly engine: EngineChoice
  readonly story: Story
  /** Another one than the pinned one. */
  readonly source?: ImageSource | undefined
  readonly signal?: AbortSignal | undefined
  readonly env?: NodeJS.ProcessEnv
}

/** What the base for one engine is made of serves the other one as well. */
const otherThan: Readonly<Record<EngineKind, EngineKind>> = { podman: 'docker', docker: 'podman' }

/** Pure: the inputs of local/base/build.sh. */
export const planBuildEnvironment = (
  options: EnsureBaseOptions,
  kind: BaseKind,
  folders: Readonly<Record<EngineKind, Readonly<Record<BaseKind, string>>>>,
): NodeJS.ProcessEnv => {
  const { paths, architecture, engine, source = amazonLinuxSource, env = process.env } = options
  return {
    ...env,
    // Programs are asked in no language but the one in which their complaints are understood.
    LC_ALL: 'C.UTF-8',
    BASE_FOLDER: paths.base,
    BASE_KIND: kind,
    BASE_KEY: basename(folders[engine.kind][kind]),
    BASE_TWIN: basename(folders[otherThan[engine.kind]][kind]),
    BASE_KEEP: Object.values(folders)
      .flatMap((ofEngine) => Object.values(ofEngine))
      .map((folder) => basename(folder))
      .join(' '),
    BASE_SUITE: suite,
    BASE_SOURCE: renderSource(source),
    BASE_TLS_VERIFY: String(!isLoopback(source.registry)),
    BASE_ARCHITECTURE: architecture,
    BASE_ENGINE: engine.kind,
    BASE_PODMAN: engine.kind === 'podman' ? engine.podman : '',
    BASE_DEBIAN_MIRROR: env.KIRO_SANDBOX_DEBIAN_MIRROR ?? '',
  }
}

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
const build = async (
  options: EnsureBaseOptions,
  kind: BaseKind,
  note: (text: string) => void,
): Promise<void> => {
  const { paths, signal } = options
  const foldersFor = (engine: EngineKind) => planBaseFolders({ ...options, engine: { kind: engine } })
  signal?.throwIfAborted()
  await prepare(paths.base)
  const script = join(paths.root, 'local', 'base', 'build.sh')
  const child = spawn('flock', [join(paths.base, '.lock'), 'bash', script], {
    env: planBuildEnvironment(options, kind, { podman: foldersFor('podman'), docker: foldersFor('docker') }),
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
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  }).finally(() => signal?.removeEventListener('abort', end))
  signal?.throwIfAborted()
  if (code !== 0) throw explainBuild(kind, code, stderr, paths.base)
}

const titles: Readonly<Record<BaseKind, string>> = {
  'amazon-linux': 'Amazon Linux 2023 for the guests',
  'stand-in': 'Base image of the guests',
}

const make = async (options: EnsureBaseOptions, kind: BaseKind): Promise<Base> => {
  const { architecture, story } = options
  await story.step(`${titles[kind]} (${architecture}, once)`, (note) => build(options, kind, note))
  const base = findBases(options)[kind]
  // The recipe was edited while it was being cooked.
  if (base === undefined) throw new UserError('the recipe of the base image changed while it was built')
  return base
}

/** Where any will do, a registry that fails half-way must not cost the machines. */
const makeEither = async (options: EnsureBaseOptions): Promise<Base> => {
  try {
    return await make(options, 'amazon-linux')
  } catch (error) {
    if (!(error instanceof UserError) || error.exitCode === exitCode.interrupted) throw error
    options.signal?.throwIfAborted()
    options.story.warn(`${error.message}: machines are the stand-in made of Debian`)
    return make(options, 'stand-in')
  }
}

const findOrMake = async (options: EnsureBaseOptions): Promise<Base> => {
  const { engine, source = amazonLinuxSource, env = process.env, signal } = options
  const setting = decideSetting(options.setting, engine.kind)
  const bases = findBases(options)
  let step = decideBase(setting, bases, source.registry)
  if (step.do === 'ask')
    step = decideBase(setting, bases, source.registry, await askRegistry(source, env, signal))
  if (step.do === 'use') return step.base
  if (step.do === 'ask') throw new Error('a registry that was asked is asked no second time')
  if (step.line !== undefined) options.story.warn(step.line)
  return setting === 'auto' && step.kind === 'amazon-linux' ? makeEither(options) : make(options, step.kind)
}

/** The base that the settings ask for; built when it is not there, which takes one to three minutes once. */
export const ensureBase = async (options: EnsureBaseOptions): Promise<Base> => {
  const base = await findOrMake(options)
  await claimBase(planBaseFolders(options)[base.kind], options.paths.local)
  return base
}
