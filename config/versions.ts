import { isDeepStrictEqual } from 'node:util'

export type Data = Readonly<Record<string, unknown>>

/** From one version of a schema to the next. */
export interface Migration {
  /** The version that it leads to; each one has its own. */
  readonly to: number
  readonly migrate: (data: Data) => Data
}

export type Versioned =
  /** Written by a release that knows more than this one. */
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'current'; readonly data: Data }
  | { readonly kind: 'older'; readonly version: number; readonly data: Data }

export const isData = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** @param unversioned the version of data that does not say one */
export const decideVersion = (
  data: Data,
  current: number,
  unversioned: number,
  migrations: readonly Migration[],
): Versioned => {
  const version = Number.isInteger(data.version) ? (data.version as number) : unversioned
  if (version > current) return { kind: 'newer', version }
  if (version === current) return { kind: 'current', data }
  const steps = migrations.filter(({ to }) => to > version && to <= current).sort((a, b) => a.to - b.to)
  const migrated = steps.reduce<Data>((before, { migrate }) => migrate(before), data)
  return { kind: 'older', version, data: { ...migrated, version: current } }
}

const flatten = (value: unknown, path = ''): [string, unknown][] =>
  isData(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, inner]) => flatten(inner, path === '' ? key : `${path}.${key}`))
    : [[path, value]]

/** `- instance.kind: "t4g.medium"`, `+ instance.type: "t4g.medium"`: what a migration takes away and brings. */
export const renderDiff = (before: Data, after: Data): string[] => {
  const [was, is] = [new Map(flatten(before)), new Map(flatten(after))]
  const paths = [...new Set([...was.keys(), ...is.keys()])]
  return paths.flatMap((path) => {
    if (was.has(path) && is.has(path) && isDeepStrictEqual(was.get(path), is.get(path))) return []
    return [
      ...(was.has(path) ? [`- ${path}: ${JSON.stringify(was.get(path))}`] : []),
      ...(is.has(path) ? [`+ ${path}: ${JSON.stringify(is.get(path))}`] : []),
    ]
  })
}
