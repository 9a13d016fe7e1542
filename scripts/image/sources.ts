import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Paths } from '../../config/paths.ts'
import type { Sources } from '../../images/plan-build.ts'

/** Text of everything in userdata/ that is no TypeScript, by its path in there. */
export const readSources = async ({ root }: Pick<Paths, 'root'>): Promise<Sources> => {
  const folder = join(root, 'userdata')
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const read = async (file: string): Promise<[string, string]> => [
    relative(folder, file),
    await readFile(file, 'utf8'),
  ]
  return new Map(await Promise.all(files.map(read)))
}

/** A script of images/ that the pipeline sends to a machine. */
export const readImageScript = ({ root }: Pick<Paths, 'root'>, name: string): Promise<string> =>
  readFile(join(root, 'images', name), 'utf8')
