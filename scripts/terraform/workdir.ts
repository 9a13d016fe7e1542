import { createHash } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../config/user-error.ts'

/** One stack on disk: its Terraform JSON, its spec, and what `terraform init` made. */
export interface Workdir {
  readonly folder: string
  /** Of everything that decides what Terraform would build. */
  readonly digest: string
  readonly json: string
  /** The providers we pin. What lies in the folder may be of somebody else. */
  readonly lockFile: string
}

export interface WorkdirInputs {
  readonly folder: string
  readonly json: string
  readonly spec: unknown
  readonly lockFile: string
}

export const digestOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('hex')

/** A half-written file must never be taken for a whole one: write beside it, then rename. */
export const writeAtomically = async (file: string, text: string): Promise<void> => {
  const draft = `${file}.${process.pid}`
  await writeFile(draft, text, { mode: 0o600 })
  await rename(draft, file)
}

export const planDigest = (json: string, lockFile: string): string => digestOf(json, lockFile)

export const writeWorkdir = async ({ folder, json, spec, lockFile }: WorkdirInputs): Promise<Workdir> => {
  await onFolder(folder, async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeAtomically(join(folder, 'cdk.tf.json'), json)
    await writeAtomically(join(folder, 'spec.json'), `${JSON.stringify(spec, null, 2)}\n`)
    await writeAtomically(join(folder, '.terraform.lock.hcl'), lockFile)
  })
  return { folder, json, lockFile, digest: planDigest(json, lockFile) }
}

/** A disk that is full or not ours to write is said in one sentence. */
export const onFolder = async (folder: string, write: () => Promise<void>): Promise<void> => {
  try {
    await write()
  } catch (cause) {
    throw explainWriteError(cause, folder)
  }
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
