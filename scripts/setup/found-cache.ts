import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Paths } from '../../config/paths.ts'
import { writeWhole } from './disk.ts'
import type { Found, Place, Tool } from './tool.ts'

/** `mtime size`, or `absent`: that a path does not exist is an observation like any other. */
type Stamp = string

interface Entry {
  readonly found: Found
  readonly stamps: Readonly<Record<string, Stamp>>
}

/** Answers of earlier runs, the newest last. */
export type FoundCache = Map<string, Entry>

// Bumped when the shape changes, so that an old file is simply not understood.
const format = 1
/** Several shells with different PATHs share one checkout; more answers than this are stale ones. */
const longest = 24

const fileOf = (paths: Paths): string => join(paths.tools, 'found.json')

const takeStamp = (path: string): Stamp => {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true })
  return stat === undefined ? 'absent' : `${stat.mtimeNs} ${stat.isDirectory() ? 0 : stat.size}`
}

const isText = (value: unknown): value is string => typeof value === 'string'

const isEntry = (value: unknown): value is Entry => {
  const { found, stamps } = (value ?? {}) as Partial<Entry>
  return (
    isText(found?.path) &&
    isText(found.version) &&
    isText(found.origin) &&
    Array.isArray(found.restsOn) &&
    found.restsOn.every(isText) &&
    typeof stamps === 'object' &&
    stamps !== null &&
    found.restsOn.every((path) => isText(stamps[path]))
  )
}

/** A cache that cannot be read is an empty cache: everything in it can be found again. */
export const readFoundCache = (paths: Paths): FoundCache => {
  try {
    const { format: written, entries } = JSON.parse(readFileSync(fileOf(paths), 'utf8'))
    if (written !== format || !Array.isArray(entries)) return new Map()
    return new Map(entries.filter(([key, entry]) => isText(key) && isEntry(entry)))
  } catch {
    return new Map()
  }
}

export const writeFoundCache = async (paths: Paths, cache: FoundCache): Promise<void> => {
  const entries = [...cache].slice(-longest)
  await writeWhole(fileOf(paths), `${JSON.stringify({ format, entries }, null, 1)}\n`)
}

/** The same question in the same surroundings has the same key. */
export const planKey = (tool: Pick<Tool, 'name' | 'question'>, place: Place): string => {
  const question = [place.paths.state, place.env.PATH, place.machine.home, ...tool.question(place)]
  const digest = createHash('sha256').update(JSON.stringify(question.map((part) => part ?? null)))
  return `${tool.name} ${digest.digest('hex').slice(0, 16)}`
}

/** What was found last time, if everything it rests on is as it was. */
export const recall = (cache: FoundCache, key: string): Found | undefined => {
  const entry = cache.get(key)
  if (entry === undefined || entry.found.restsOn.length === 0) return undefined
  const holds = entry.found.restsOn.every((path) => takeStamp(path) === entry.stamps[path])
  return holds ? entry.found : undefined
}

export const remember = (cache: FoundCache, key: string, found: Found): void => {
  cache.delete(key)
  cache.set(key, {
    found,
    stamps: Object.fromEntries(found.restsOn.map((path) => [path, takeStamp(path)])),
  })
}
