import { access, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pins } from '../../config/pins.ts'
import { isMirrorConfig } from '../setup/cli-config.ts'
import { runTerraform } from './child.ts'
import type { RunReport } from './events.ts'
import type { TerraformTools } from './session.ts'
import { digestOf, onFolder, type Workdir, writeAtomically } from './workdir.ts'

/**
 * `terraform init` hashes the 700 MB provider every time (about a second), so it runs only when backend, lock
 * file or Terraform itself changed. The stamp goes before and is written last: a killed init leaves none.
 */
export const initialise = async (
  workdir: Workdir,
  tools: TerraformTools,
  signal: AbortSignal,
): Promise<void> => {
  const { folder, json, lockFile } = workdir
  const stampFile = join(folder, '.terraform', 'kiro-init')
  const { terraform } = JSON.parse(json) as { terraform: unknown }
  const stamp = digestOf(JSON.stringify(terraform), lockFile, tools.version)
  if ((await readOrNothing(stampFile)) === stamp && (await providerIsThere(folder))) return
  await onFolder(folder, () => rm(stampFile, { force: true }))
  if (!(await initialiseFromMirror(workdir, tools, signal)))
    await runInit(folder, tools, signal, ['-lockfile=readonly'])
  await onFolder(folder, () => writeFile(stampFile, stamp))
}

/**
 * Beside a lock file `init` reads a provider of a filesystem mirror twice, to compare it and to write down what it
 * is: half a second. Without one it only writes, and comparing is left to us. False where we know of no mirror and
 * where the provider is another one: then `init` with the lock file decides, and says why. Any later command of
 * Terraform compares again, by the lock file that is back in its place by then.
 */
const initialiseFromMirror = async (
  { folder, lockFile: pinned }: Workdir,
  tools: TerraformTools,
  signal: AbortSignal,
): Promise<boolean> => {
  const configuration = await readOrNothing(tools.environment.TF_CLI_CONFIG_FILE ?? '')
  if (configuration === undefined || !isMirrorConfig(configuration)) return false
  const lockFile = join(folder, '.terraform.lock.hcl')
  await onFolder(folder, async () => {
    // Terraform that finds a provider in place reads it once more.
    await rm(join(folder, '.terraform', 'providers'), { recursive: true, force: true })
    await rm(lockFile, { force: true })
  })
  try {
    await runInit(folder, tools, signal, [])
    return isPinned((await readOrNothing(lockFile)) ?? '', pinned)
  } finally {
    await onFolder(folder, () => writeAtomically(lockFile, pinned))
  }
}

const unpackedHashes = (lockFile: string): string[] => lockFile.match(/"h1:[^"]+"/g) ?? []

/** True if each provider that Terraform found is one of those that our lock file names. */
export const isPinned = (found: string, pinned: string): boolean => {
  const [hashes, known] = [unpackedHashes(found), new Set(unpackedHashes(pinned))]
  return hashes.length > 0 && hashes.every((hash) => known.has(hash))
}

const runInit = async (
  folder: string,
  tools: TerraformTools,
  signal: AbortSignal,
  options: readonly string[],
): Promise<void> => {
  const { report, exitCode } = await runTerraform({
    terraform: tools.terraform,
    args: ['init', '-input=false', '-json', '-reconfigure', ...options],
    cwd: folder,
    environment: tools.environment,
    signal,
  })
  if (exitCode === 0) return
  // What is half there would only confuse the next try.
  await rm(join(folder, '.terraform'), { recursive: true, force: true })
  throw new InitFailed(report)
}

/** Carries the report up to whoever can name the stack. */
export class InitFailed extends Error {
  readonly report: RunReport
  constructor(report: RunReport) {
    super('terraform init failed')
    this.report = report
  }
}

const readOrNothing = async (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch(() => undefined)

/** A provider of a filesystem mirror is linked, by a folder for each platform; the mirror may have gone since. */
const providerIsThere = async (folder: string): Promise<boolean> => {
  const { source, version } = pins.awsProvider
  const ofVersion = join(folder, '.terraform', 'providers', source, version)
  const links = await readdir(ofVersion).catch(() => [])
  const there = links.map((link) => access(join(ofVersion, link)))
  return (await Promise.allSettled(there)).some(({ status }) => status === 'fulfilled')
}
