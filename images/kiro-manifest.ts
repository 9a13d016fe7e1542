import * as z from 'zod'
import { UserError } from '../config/user-error.ts'

/**
 * What the vendor says it offers: `<host>/latest/manifest.json`. As seen on desktop-release.q.us-east-1 and
 * prod.download.cli.kiro.dev; fields we do not use are not looked at.
 */
const manifestSchema = z.object({
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  packages: z.array(
    z.object({
      /** Relative to the folder above the manifest's: `2.21.4/kirocli-aarch64-linux-musl.zip`. */
      download: z.string().min(1),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      fileType: z.string().optional(),
      variant: z.string().optional(),
      targetTriple: z.string().optional(),
    }),
  ),
})

export type KiroManifest = z.infer<typeof manifestSchema>

/** @param from address, for people */
export const parseKiroManifest = (text: string, from: string): KiroManifest => {
  try {
    return manifestSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw new UserError(`${from} is not the manifest it used to be: ${(cause as Error).message}`, {
      hint: 'name a version in the settings: image.kiroCli',
      cause,
    })
  }
}

export interface KiroPackage {
  readonly version: string
  readonly download: string
  readonly sha256: string
  readonly targetTriple: string
}

/**
 * Amazon Linux 2023 has glibc 2.34, the arm64 gnu build needs 2.39: it is the musl build that runs. Zip, because
 * of that form we know that versioned ones stay.
 */
export const chooseKiroPackage = (
  manifest: KiroManifest,
  targetTriple: string,
  from: string,
): KiroPackage => {
  const found = manifest.packages.filter(
    (one) => one.targetTriple === targetTriple && /\.zip$/.test(one.download),
  )
  const chosen = found.find(({ variant }) => variant === 'headless') ?? found[0]
  if (chosen === undefined)
    throw new UserError(`${from} offers kiro-cli ${manifest.version}, but no zip for ${targetTriple}`, {
      hint: 'name another version in the settings: image.kiroCli',
    })
  return { version: manifest.version, download: chosen.download, sha256: chosen.sha256, targetTriple }
}
