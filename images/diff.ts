import type { ImageManifest } from './manifest.ts'
import { compareNevra, type Nevra, parseNevra, renderVersion } from './rpm-version.ts'

/** `from` undefined: new. `to` undefined: gone. */
export interface Change {
  readonly what: string
  readonly from: string | undefined
  readonly to: string | undefined
}

export interface PackageChange extends Change {
  readonly direction: 'added' | 'removed' | 'newer' | 'older' | 'changed'
}

export interface ImageDiff {
  /** Releases, versions of the CLIs, size of the swap: all that is one value. */
  readonly values: readonly Change[]
  readonly packages: readonly PackageChange[]
  readonly files: readonly Change[]
}

const byKey = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const diffMaps = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Change[] =>
  [...new Set([...before.keys(), ...after.keys()])].sort(byKey).flatMap((what) => {
    const [from, to] = [before.get(what), after.get(what)]
    return from === to ? [] : [{ what, from, to }]
  })

/** The digest differs whenever anything does, and says nothing more. */
const silent = new Set(['digest', 'version'])

const valuesOf = (record: ImageManifest): Map<string, string> =>
  new Map(
    Object.entries(record)
      .filter(([key, value]) => !silent.has(key) && value !== null && typeof value !== 'object')
      .map(([key, value]) => [key, String(value)]),
  )

/** Several versions of one package may be installed, as kernels are. Text that is no NEVRA is its own name. */
const packagesOf = ({ packages }: ImageManifest): Map<string, Nevra[]> => {
  const found = new Map<string, Nevra[]>()
  for (const text of packages) {
    const nevra = parseNevra(text) ?? { name: text, epoch: 0, version: '', release: '', arch: '' }
    const key = nevra.arch === '' ? text : `${nevra.name}.${nevra.arch}`
    found.set(key, [...(found.get(key) ?? []), nevra].sort(compareNevra))
  }
  return found
}

const directionOf = (from: readonly Nevra[] = [], to: readonly Nevra[] = []): PackageChange['direction'] => {
  const [was, is] = [from.at(-1), to.at(-1)]
  if (was === undefined) return 'added'
  if (is === undefined) return 'removed'
  const order = compareNevra(is, was)
  return order === 0 ? 'changed' : order > 0 ? 'newer' : 'older'
}

const diffPackages = (before: ImageManifest, after: ImageManifest): PackageChange[] => {
  const [old, now] = [packagesOf(before), packagesOf(after)]
  const shown = (packages: ReadonlyMap<string, readonly Nevra[]>) =>
    new Map([...packages].map(([key, list]) => [key, list.map(renderVersion).join(' ')]))
  return diffMaps(shown(old), shown(now)).map((change) => ({
    ...change,
    direction: directionOf(old.get(change.what), now.get(change.what)),
  }))
}

const filesOf = ({ files }: ImageManifest): Map<string, string> =>
  new Map(files.map(({ path, sha256, mode, owner }) => [path, `${sha256.slice(0, 12)} ${mode} ${owner}`]))

export const diffImages = (before: ImageManifest, after: ImageManifest): ImageDiff => ({
  values: diffMaps(valuesOf(before), valuesOf(after)),
  packages: diffPackages(before, after),
  files: diffMaps(filesOf(before), filesOf(after)),
})

const line = ({ what, from, to }: Change, note = ''): string => {
  if (from === undefined) return `  + ${what} ${to}`
  return to === undefined ? `  - ${what} ${from}` : `  ~ ${what} ${from} -> ${to}${note}`
}

/** For people; undefined: no difference. */
export const renderDiff = ({ values, packages, files }: ImageDiff): string | undefined => {
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`${title} (${lines.length})`, ...lines]
  const lines = [
    ...section(
      'versions and settings',
      values.map((one) => line(one)),
    ),
    ...section(
      'packages',
      packages.map((one) => line(one, one.direction === 'older' ? '  (older)' : '')),
    ),
    ...section(
      'files',
      files.map((one) => line(one)),
    ),
  ]
  return lines.length === 0 ? undefined : lines.join('\n')
}
