import { access, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isMirrorConfig } from '../setup/cli-config.ts'
import { runTerraform } from './child.ts'
import type { RunReport } from './events.ts'
import type { TerraformTools } from './session.ts'
import { digestOf, type Workdir, writeAtomically } from './workdir.ts'

/**
 * `terraform init` hashes the 700 MB provider every time (about a second), so it runs only when backend, lock
 * file or Terraform itself changed. The stamp is written last: a killed init leaves none.
 */
export const initialise = async (
  workdir: Workdir,
  tools: TerraformTools,
  signal: AbortSignal,
): Promise<void> => {
  const stampFile = join(workdir.folder, '.terraform', 'kiro-init')
  const { terraform } = JSON.parse(workdir.json) as { terraform: unknown }
  const stamp = digestOf(
    JSON.stringify(terraform),
    await readFile(join(workdir.folder, '.terraform.lock.hcl'), 'utf8'),
    tools.version,
  )
  if ((await readOrNothing(stampFile)) === stamp && (await providerIsThere(workdir.folder))) return
  if (!(await initialiseFromMirror(workdir.folder, tools, signal)))
    await runInit(workdir.folder, tools, signal, ['-lockfile=readonly'])
  await writeFile(stampFile, stamp)
}

/**
 * Beside a lock file `init` reads a provider of a filesystem mirror twice, to compare it and to write down what it
 * is: half a second. Without one it only writes, and comparing is left to us. False when that was not possible or the
 * provider is another one: then `init` with the lock file decides, and says why. Any later command of Terraform
 * compares again, by the lock file that is back in its place by then.
 */
const initialiseFromMirror = async (
  folder: string,
  tools: TerraformTools,
  signal: AbortSignal,
): Promise<boolean> => {
  const configuration = await readOrNothing(tools.environment.TF_CLI_CONFIG_FILE ?? '')
  if (configuration === undefined || !isMirrorConfig(configuration)) return false
  // Terraform that finds a provider in place reads it once more.
  await rm(join(folder, '.terraform', 'providers'), { recursive: true, force: true })
  const lockFile = join(folder, '.terraform.lock.hcl')
  const pinned = await readFile(lockFile, 'utf8')
  await rm(lockFile)
  try {
    await runInit(folder, tools, signal, [])
    return isPinned((await readOrNothing(lockFile)) ?? '', pinned)
  } finally {
    await writeAtomically(lockFile, pinned)
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

/** A filesystem mirror is linked, not copied; it may have gone since. */
const providerIsThere = async (folder: string): Promise<boolean> =>
  access(join(folder, '.terraform', 'providers', 'registry.terraform.io', 'hashicorp', 'aws')).then(
    () => true,
    () => false,
  )
