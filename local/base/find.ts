import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Paths } from '../../config/paths.ts'
import type { EngineKind } from '../engine/choice.ts'
import type { Architecture } from './architecture.ts'
import { planBaseKey, readRecipe } from './recipe.ts'

/** What guests are started from: an image in a read-only store, and the packages they can install. */
export interface Base {
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
  /** For people, and for the description of images: says that it is a stand-in. */
  readonly description: string
}

/** `base.json` beside the store; written last, so a folder without it is none. */
export const parseBase = (text: string, folder: string): Base | undefined => {
  try {
    const { image, architecture, digest } = JSON.parse(text)
    if (architecture !== 'arm64' && architecture !== 'x86_64') return undefined
    if (typeof image !== 'string' || typeof digest !== 'string') return undefined
    return {
      store: join(folder, 'store'),
      image,
      repository: join(folder, 'repository'),
      architecture,
      digest,
      description: `Stand-in for Amazon Linux 2023 made of Debian 12, ${architecture}`,
    }
  } catch {
    return undefined
  }
}

export const planBaseFolder = (
  paths: Pick<Paths, 'root' | 'base'>,
  architecture: Architecture,
  engine: EngineKind,
): string => join(paths.base, planBaseKey(readRecipe(paths.root), architecture, engine))

/** The base of today's recipe, if it was built. Only looks. */
export const findBase = (
  paths: Pick<Paths, 'root' | 'base'>,
  architecture: Architecture,
  engine: EngineKind,
): Base | undefined => {
  const folder = planBaseFolder(paths, architecture, engine)
  try {
    return parseBase(readFileSync(join(folder, 'base.json'), 'utf8'), folder)
  } catch {
    return undefined
  }
}
