import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../config/user-error.ts'

/** A stack as Terraform reads it, with the lock file that pins its provider. */
export interface PlainStack {
  readonly stack: string
  readonly json: string
}

const ours = new Set(['cdk.tf.json', '.terraform.lock.hcl', '.terraform'])

/** Terraform reads every file of its folder: one of somebody else's there would become part of the stack. */
const refuseStrangers = async (folder: string): Promise<void> => {
  const strange = (await readdir(folder).catch(() => [])).filter(
    (name) => !ours.has(name) && /\.(tf|tf\.json|tfvars|tfvars\.json)$/.test(name),
  )
  if (strange.length > 0)
    throw new UserError(`${folder} holds ${strange.join(', ')}, which Terraform would read as well`, {
      hint: 'npm run synth -- --out <an empty folder>',
    })
}

/** One folder per stack, each whole in itself. Returns the folders. */
export const writePlainStacks = async (
  out: string,
  stacks: readonly PlainStack[],
  root: string,
): Promise<string[]> => {
  const lockFile = await readFile(join(root, 'stacks', 'terraform.lock.hcl'), 'utf8')
  const folders = stacks.map(({ stack }) => join(out, stack))
  for (const folder of folders) await refuseStrangers(folder)
  for (const { stack, json } of stacks) {
    const folder = join(out, stack)
    try {
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, 'cdk.tf.json'), json)
      await writeFile(join(folder, '.terraform.lock.hcl'), lockFile)
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      throw new UserError(`cannot write to ${folder}: ${code}`, {
        hint: 'npm run synth -- --out <a folder that is yours>',
        cause,
      })
    }
  }
  return folders
}
