import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { EngineKind } from '../engine/choice.ts'
import type { Architecture } from './architecture.ts'
import type { BaseKind } from './find.ts'
import { type ImageSource, renderSource } from './registry.ts'

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

const others: Readonly<Record<BaseKind, string>> = {
  'amazon-linux': 'stand-in/',
  'stand-in': 'amazon-linux/',
}

export interface BaseOrigin {
  readonly kind: BaseKind
  readonly architecture: Architecture
  readonly engine: EngineKind
  readonly source: ImageSource
}

/**
 * The same recipe for the same architecture has the same key; what only the other kind is made of does not count, nor
 * do Debian's point releases.
 */
export const planBaseKey = (
  recipe: readonly RecipeFile[],
  { kind, architecture, engine, source }: BaseOrigin,
): string => {
  const from = kind === 'stand-in' ? suite : renderSource(source)
  const hash = createHash('sha256').update(`${kind} ${from} ${architecture} ${engine}\n`)
  for (const { path, executable, content } of recipe.filter((one) => !one.path.startsWith(others[kind])))
    hash.update(`${path} ${executable} ${content.length}\n`).update(content)
  return hash.digest('hex').slice(0, 16)
}
