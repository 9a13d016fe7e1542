import * as z from 'zod'
import { UserError } from '../config/user-error.ts'
import type { ImageLock } from './lock.ts'
import type { Check } from './verification.ts'

/** /etc/kiro-sandbox/manifest.json: what was baked, see userdata/provision/manifest.py. What else it says is kept. */
const schema = z.looseObject({
  digest: z.string(),
  releasever: z.string(),
  packages: z.array(z.string()).min(1),
  files: z
    .array(z.object({ path: z.string(), sha256: z.string(), mode: z.string(), owner: z.string() }))
    .default([]),
  kiroCli: z.string().optional(),
  awsCli: z.string().optional(),
})

export type ImageManifest = z.infer<typeof schema>

/** @param where for people: which machine or object it came from */
export const parseManifest = (text: string, where: string): ImageManifest => {
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new UserError(`${where} is no manifest of an image: ${(cause as Error).message}`, {
      hint: 'npm run image:build -- --rebuild writes a new one',
      cause,
    })
  }
}

/** What the image says about itself, held against what it was to be. */
export const checkManifest = (manifest: ImageManifest, lock: ImageLock, digest: string): Check[] => {
  const installed = new Set(manifest.packages)
  const missing = lock.packages.filter((nevra) => !installed.has(nevra))
  return [
    {
      name: 'manifest names the digest',
      ok: manifest.digest === digest,
      detail: manifest.digest === digest ? '' : `it says ${manifest.digest}`,
    },
    {
      name: 'packages equal the lock',
      ok: missing.length === 0,
      detail:
        missing.length === 0
          ? `${lock.packages.length} locked, ${manifest.packages.length} installed`
          : `missing: ${missing.join(', ')}`,
    },
  ]
}
