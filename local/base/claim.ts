import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Notes that the local target in `folder` has guests or images that rest on this base. Their layers are worth
 * nothing without it, also while they are stopped; prune.sh keeps a base as long as one such folder exists.
 */
export const claimBase = async (baseFolder: string, folder: string): Promise<void> => {
  const claims = join(baseFolder, 'claims')
  await mkdir(claims, { recursive: true })
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  await writeFile(join(claims, name), `${folder}\n`)
}
