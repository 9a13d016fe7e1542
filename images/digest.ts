import { createHash } from 'node:crypto'
import type { PayloadFile } from '../userdata/payload.ts'
import { type ImageLock, renderLock } from './lock.ts'

export const sha256 = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex')

/** The payload names the digest, and the digest covers the payload: while it is computed, this stands for it. */
export const blankDigest = '0'.repeat(64)

/** Raised when the same inputs make another image, because the pipeline itself does something else. */
const format = 1

export interface DigestInput {
  /** Everything that shapes the image and is not in the lock; plain data. */
  readonly recipe: unknown
  readonly lock: ImageLock
  /** Rendered with `blankDigest`. */
  readonly payload: readonly PayloadFile[]
}

/** Plain data as text that does not depend on the order in which keys were written. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, node: unknown) =>
    node !== null && typeof node === 'object' && !Array.isArray(node)
      ? Object.fromEntries(Object.entries(node).sort(([a], [b]) => (a < b ? -1 : 1)))
      : node,
  )

/** 64 hex digits that stand for one image: the same recipe, lock and files are the same digest anywhere. */
export const digestImage = ({ recipe, lock, payload }: DigestInput): string => {
  const files = payload.map(({ path, mode, content }) => ({ path, mode, sha256: sha256(content) }))
  files.sort((a, b) => (a.path < b.path ? -1 : 1))
  return sha256(canonicalJson({ format, recipe, lock: renderLock(lock), files }))
}

/** For the lock: what lands on the machine or runs there. Values of the lock itself are in it already. */
export const digestFiles = (payload: readonly PayloadFile[]): Record<string, string> =>
  Object.fromEntries(
    payload
      .filter(({ path }) => /^(rootfs|provision)\//.test(path))
      .map(({ path, content }): [string, string] => [path, sha256(content)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
