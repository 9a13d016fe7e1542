import type { ImageLock } from './lock.ts'
import type { ImageRecipe } from './recipe.ts'

/** What the sources say today, to hold a lock against. */
export interface LockGround {
  readonly recipe: ImageRecipe
  /** sha256 of every file that lands or runs, as `digestFiles` makes them. */
  readonly files: Readonly<Record<string, string>>
  readonly region: string
  /** From the settings; undefined: whatever the lock has. */
  readonly kiroCli: string | undefined
  readonly awsCli: string | undefined
}

const nameOf = (nevra: string): string => nevra.replace(/-\d+:[^-]+-[^-]+$/, '')

const fileChanges = (
  locked: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): string[] => [
  ...Object.keys(now).flatMap((path) => {
    if (locked[path] === undefined) return [`${path} is new`]
    return locked[path] === now[path] ? [] : [`${path} has changed`]
  }),
  ...Object.keys(locked).flatMap((path) => (now[path] === undefined ? [`${path} is gone`] : [])),
]

export interface LockReview {
  /** Resolving again is needed, with a machine that asks the package repository. */
  readonly stale: readonly string[]
  /** Files of this checkout that differ; they can be taken over without asking anybody. */
  readonly files: readonly string[]
}

/** Where a lock no longer fits settings and sources, in words. */
export const reviewLock = (lock: ImageLock, ground: LockGround): LockReview => {
  const { recipe, region, kiroCli, awsCli } = ground
  const locked = new Set(lock.packages.map(nameOf))
  const stale = [
    ...(lock.baseImages[region] === undefined ? [`it has no base image for ${region}`] : []),
    ...(lock.kernel === recipe.kernel
      ? []
      : [`its kernel is ${lock.kernel}, the settings want ${recipe.kernel}`]),
    ...recipe.packages.filter((name) => !locked.has(name)).map((name) => `the package ${name} is not in it`),
    ...(kiroCli === undefined || kiroCli === lock.kiroCli.version
      ? []
      : [`its kiro-cli is ${lock.kiroCli.version}, the settings want ${kiroCli}`]),
    ...(awsCli === undefined || awsCli === lock.awsCli.version
      ? []
      : [`its AWS CLI is ${lock.awsCli.version}, the settings want ${awsCli}`]),
  ]
  return { stale, files: fileChanges(lock.files, ground.files) }
}

/** One line per thing of a lock: `package git-0:2.39.5-1.x86_64`. */
const linesOf = (lock: ImageLock | undefined): Map<string, string> => {
  if (lock === undefined) return new Map()
  const one = (what: string, { version, sha256 }: { version: string; sha256: string }): [string, string] => [
    what,
    `${version} (sha256 ${sha256.slice(0, 12)})`,
  ]
  return new Map<string, string>([
    ['architecture', lock.architecture],
    ['release', lock.releasever],
    ['kernel', lock.kernel],
    ...Object.entries(lock.baseImages).map(([region, { id, name }]): [string, string] => [
      `base image ${region}`,
      `${id} ${name}`,
    ]),
    ...lock.packages.map((nevra): [string, string] => [
      `package ${nameOf(nevra)}`,
      nevra.slice(nameOf(nevra).length + 1),
    ]),
    one('kiro-cli', lock.kiroCli),
    one('AWS CLI', lock.awsCli),
    ...Object.entries(lock.files).map(([path, sum]): [string, string] => [`file ${path}`, sum.slice(0, 12)]),
  ])
}

/** What a new lock changes, one line each: `+` is new, `-` is gone, `~` is another one. Empty: the same. */
export const diffLocks = (before: ImageLock | undefined, after: ImageLock): string[] => {
  const [old, now] = [linesOf(before), linesOf(after)]
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((what) => {
    const [was, is] = [old.get(what), now.get(what)]
    if (was === is) return []
    if (was === undefined) return [`+ ${what} ${is}`]
    return is === undefined ? [`- ${what} ${was}`] : [`~ ${what} ${was} -> ${is}`]
  })
}
