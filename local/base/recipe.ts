import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { EngineKind } from '../engine/choice.ts'
import type { Architecture } from './architecture.ts'

/** Debian's name of what the stand-in is made of. */
export const suite = 'bookworm'

export interface RecipeFile {
  readonly path: string
  readonly executable: boolean
  readonly content: Buffer
}

/** Everything that ends up in the base or makes it: shell scripts, specifications, the files that land in it. */
export const readRecipe = (root: string): readonly RecipeFile[] => {
  const folder = join(root, 'local', 'base')
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({
      path: relative(folder, path),
      executable: (statSync(path).mode & 0o100) !== 0,
      content: readFileSync(path),
    }))
}

/** The same recipe for the same architecture has the same key. Debian's point releases do not count. */
export const planBaseKey = (
  recipe: readonly RecipeFile[],
  architecture: Architecture,
  engine: EngineKind,
): string => {
  const hash = createHash('sha256').update(`${suite} ${architecture} ${engine}\n`)
  for (const { path, executable, content } of recipe)
    hash.update(`${path} ${executable} ${content.length}\n`).update(content)
  return hash.digest('hex').slice(0, 16)
}
