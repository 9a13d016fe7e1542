import { createHash } from 'node:crypto'
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../config/user-error.ts'
import { runTerraform } from './child.ts'
import type { TerraformTools } from './session.ts'

/** One stack on disk: its Terraform JSON, its spec, and what `terraform init` made. */
export interface Workdir {
  readonly folder: string
  /** Of everything that decides what Terraform would build. */
  readonly digest: string
  readonly json: string
}

export interface WorkdirInputs {
  readonly folder: string
  readonly json: string
  readonly spec: unknown
  readonly lockFile: string
}

const digestOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('hex')

/** A half-written file must never be taken for a whole one: write beside it, then rename. */
const writeAtomically = async (file: string, text: string): Promise<void> => {
  const draft = `${file}.${process.pid}`
  await writeFile(draft, text, { mode: 0o600 })
  await rename(draft, file)
}

export const planDigest = (json: string, lockFile: string): string => digestOf(json, lockFile)

export const writeWorkdir = async ({ folder, json, spec, lockFile }: WorkdirInputs): Promise<Workdir> => {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeAtomically(join(folder, 'cdk.tf.json'), json)
    await writeAtomically(join(folder, 'spec.json'), `${JSON.stringify(spec, null, 2)}\n`)
    await writeAtomically(join(folder, '.terraform.lock.hcl'), lockFile)
  } catch (cause) {
    throw explainWriteError(cause, folder)
  }
  return { folder, json, digest: planDigest(json, lockFile) }
}

const explainWriteError = (cause: unknown, folder: string): unknown => {
  const code = (cause as NodeJS.ErrnoException).code
  if (code === 'ENOSPC')
    return new UserError(`no space left to write ${folder}`, {
      hint: 'free some space and run the same command again',
      cause,
    })
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM')
    return new UserError(`cannot write to ${folder}: ${code}`, {
      hint: 'KIRO_SANDBOX_STATE=/a/writable/folder npm run ...',
      cause,
    })
  return cause
}

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
  const { report, exitCode } = await runTerraform({
    terraform: tools.terraform,
    args: ['init', '-input=false', '-json', '-reconfigure', '-lockfile=readonly'],
    cwd: workdir.folder,
    environment: tools.environment,
    signal,
  })
  if (exitCode !== 0) {
    // What is half there would only confuse the next try.
    await rm(join(workdir.folder, '.terraform'), { recursive: true, force: true })
    throw new InitFailed(report)
  }
  await writeFile(stampFile, stamp)
}

/** Carries the report up to whoever can name the stack. */
export class InitFailed extends Error {
  readonly report: import('./events.ts').RunReport
  constructor(report: import('./events.ts').RunReport) {
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
