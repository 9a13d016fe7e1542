import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Paths } from '../../config/paths.ts'
import type { EngineChoice } from '../engine/choice.ts'
import type { Architecture } from './architecture.ts'
import { planBaseKey, readRecipe } from './recipe.ts'
import { amazonLinuxSource, type ImageSource } from './registry.ts'

export const baseKinds = ['amazon-linux', 'stand-in'] as const
export type BaseKind = (typeof baseKinds)[number]

/** What guests are started from: an image in a read-only store, and the packages they can install. */
export interface Base {
  readonly kind: BaseKind
  /**
   * For podman a root folder: `--storage-opt overlay.imagestore=<store>`. For Docker the root file system that it
   * takes a copy of. Shared, never to be written to.
   */
  readonly store: string
  /** Name of the image in it. */
  readonly image: string
  /** Served at https://al2023-repos-<region>-de612dc2.s3.dualstack.<region>.amazonaws.com as it lies there. */
  readonly repository: string
  readonly architecture: Architecture
  readonly digest: string
  /** For people, and for the description of images: says which of the two it is. */
  readonly description: string
}

export type Bases = Readonly<Record<BaseKind, Base | undefined>>

const describe = (kind: BaseKind, release: unknown, architecture: Architecture): string =>
  kind === 'amazon-linux'
    ? `Amazon Linux ${release} from its container image, ${architecture}`
    : `Stand-in for Amazon Linux 2023 made of Debian 12, ${architecture}`

/** `base.json` beside the store; written last, so a folder without it is none. */
export const parseBase = (text: string, folder: string): Base | undefined => {
  try {
    const { kind, image, architecture, digest, release } = JSON.parse(text)
    if (architecture !== 'arm64' && architecture !== 'x86_64') return undefined
    if (!baseKinds.includes(kind) || typeof image !== 'string' || typeof digest !== 'string') return undefined
    return {
      kind,
      store: join(folder, 'store'),
      image,
      repository: join(folder, 'repository'),
      architecture,
      digest,
      description: describe(kind, release, architecture),
    }
  } catch {
    return undefined
  }
}

export interface BasePlace {
  readonly paths: Pick<Paths, 'root' | 'base'>
  readonly architecture: Architecture
  /** That runs it. */
  readonly engine: Pick<EngineChoice, 'kind'>
  /** Another one than the pinned one. */
  readonly source?: ImageSource | undefined
}

/** Where the bases of today's recipes are, or would be. */
export const planBaseFolders = (place: BasePlace): Readonly<Record<BaseKind, string>> => {
  const { paths, architecture, engine, source = amazonLinuxSource } = place
  const recipe = readRecipe(paths.root)
  const planFolder = (kind: BaseKind): string =>
    join(paths.base, planBaseKey(recipe, { kind, architecture, engine: engine.kind, source }))
  return { 'amazon-linux': planFolder('amazon-linux'), 'stand-in': planFolder('stand-in') }
}

const readBase = (folder: string): Base | undefined => {
  try {
    return parseBase(readFileSync(join(folder, 'base.json'), 'utf8'), folder)
  } catch {
    return undefined
  }
}

/** The bases of today's recipes that were built. Only looks. */
export const findBases = (place: BasePlace): Bases => {
  const folders = planBaseFolders(place)
  return { 'amazon-linux': readBase(folders['amazon-linux']), 'stand-in': readBase(folders['stand-in']) }
}
