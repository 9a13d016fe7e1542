import * as z from 'zod'
import { UserError } from '../config/user-error.ts'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a sha256 of 64 hex digits')
const version = z.string().regex(/^[0-9][0-9A-Za-z.+~-]*$/, 'a version such as 2.21.4')
const url = z.string().regex(/^(https:\/\/|stand-in:)\S+$/, 'an https:// address')
/** Name, epoch, version, release and architecture: what `dnf install` takes for exactly one package. */
const nevra = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9+._-]*-\d+:[^\s:-]+-[^\s:-]+\.(aarch64|x86_64|noarch)$/,
    'a package as name-epoch:version-release.arch',
  )
/** Each greater than the one before it. */
const sorted = (list: readonly string[]): boolean =>
  list.slice(1).every((item, at) => (list[at] ?? '') < item)

/** One file for one target: everything an image is made of, exactly. What is not in it is not looked up again. */
export const lockSchema = z.strictObject({
  version: z.literal(1),
  architecture: z.enum(['arm64', 'x86_64']),
  /** Release of Amazon Linux whose repository the packages are in, such as 2023.9.20251027. */
  releasever: z.string().regex(/^20\d\d\.\d+\.\d{8}$/, 'a release of Amazon Linux such as 2023.9.20251027'),
  /** Kernel stream of the base image, such as 6.1. */
  kernel: z.string().regex(/^\d+\.\d+$/, 'a kernel stream such as 6.1'),
  /** By region; the same release everywhere. */
  baseImages: z
    .record(
      z.string(),
      z.strictObject({
        id: z.string().regex(/^ami-[0-9a-f]+$/, 'the id of an image'),
        name: z.string().min(1),
        owner: z.string().regex(/^\d{12}$/, 'the account that owns it'),
      }),
    )
    .refine((regions) => Object.keys(regions).length > 0, 'at least one region'),
  packages: z.array(nevra).refine(sorted, 'sorted, each package once'),
  kiroCli: z.strictObject({ version, url, sha256, targetTriple: z.string().min(1) }),
  awsCli: z.strictObject({ version, url, sha256 }),
  /** sha256 of every file that lands or runs, by its path in the payload. */
  files: z.record(z.string(), sha256),
})

export type ImageLock = z.infer<typeof lockSchema>

const relock = 'npm run image:lock -- --update writes a new one'

/** Text of a lock file to a lock. Every problem is named with file, path and expectation. */
export const parseLock = (text: string, file: string): ImageLock => {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (cause) {
    throw new UserError(`${file} is not valid JSON: ${(cause as Error).message}`, { hint: relock, cause })
  }
  const result = lockSchema.safeParse(data)
  if (result.success) return result.data
  const problems = result.error.issues.map(
    ({ path, message }) => `${path.map(String).join('.') || 'the top level'}: ${message}`,
  )
  throw new UserError(`${file} is no lock of an image: ${problems.join('; ')}`, { hint: relock })
}

const sortKeys = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))

/** The same lock is the same text: keys in the order of the schema, one package and one file a line. */
export const renderLock = (lock: ImageLock): string => {
  const { baseImages, kiroCli, awsCli } = lock
  const ordered: ImageLock = {
    version: lock.version,
    architecture: lock.architecture,
    releasever: lock.releasever,
    kernel: lock.kernel,
    baseImages: sortKeys(baseImages),
    packages: [...new Set(lock.packages)].sort(),
    kiroCli: {
      version: kiroCli.version,
      url: kiroCli.url,
      sha256: kiroCli.sha256,
      targetTriple: kiroCli.targetTriple,
    },
    awsCli: { version: awsCli.version, url: awsCli.url, sha256: awsCli.sha256 },
    files: sortKeys(lock.files),
  }
  return `${JSON.stringify(lockSchema.parse(ordered), null, 2)}\n`
}
