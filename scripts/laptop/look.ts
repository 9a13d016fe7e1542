import { existsSync, lstatSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Paths } from '../../config/paths.ts'
import { UserError } from '../../config/user-error.ts'
import { readBytes } from '../../home/files.ts'
import type { Found } from '../../laptop/changes.ts'
import type { LaptopPlace } from '../../laptop/place.ts'
import { emptyRecord, type LaptopRecord, parseRecord } from '../../laptop/record.ts'
import { type LaptopSources, laptopSources } from '../../laptop/render.ts'

export const readLaptopSources = ({ root }: Paths): LaptopSources =>
  new Map(laptopSources.map((path) => [path, readFileSync(join(root, 'laptop', path), 'utf8')]))

const modeOf = (path: string): number => statSync(path).mode & 0o777

/** What lies at a path, links told apart from files. */
export const findFile = (path: string): Found | undefined => {
  const entry = lstatSync(path, { throwIfNoEntry: false })
  if (entry === undefined) return undefined
  const link = entry.isSymbolicLink() ? { link: readlinkSync(path) } : {}
  if (!existsSync(path)) return { bytes: '', mode: 0, ...link, dangling: true }
  if (!statSync(path).isFile())
    throw new UserError(`${path} is not a file`, { hint: 'look at it, then move it out of the way' })
  return { bytes: readBytes(path), mode: modeOf(path), ...link }
}

export const readRecord = ({ record }: LaptopPlace): LaptopRecord | undefined =>
  existsSync(record) ? parseRecord(readFileSync(record, 'utf8'), record) : undefined

/** Folders that writing these files makes, outer ones first, and ours if it is open to others. */
export const findFolders = (paths: readonly string[], place: LaptopPlace): LaptopRecord['folders'] => {
  const missing = new Set<string>()
  for (const path of [...paths, place.record])
    for (let folder = dirname(path); !existsSync(folder); folder = dirname(folder)) missing.add(folder)
  const made = [...missing].sort((a, b) => a.length - b.length).map((path) => ({ path }))
  if (!existsSync(place.folder)) return made
  const mode = modeOf(place.folder)
  return mode === 0o700 ? made : [{ path: place.folder, mode }, ...made]
}

/** The folder as a link could be ~/.aws itself. */
export const refuseLinkedFolder = ({ folder }: LaptopPlace): void => {
  const entry = lstatSync(folder, { throwIfNoEntry: false })
  if (entry === undefined || entry.isDirectory()) return
  const what = entry.isSymbolicLink() ? `a link to ${readlinkSync(folder)}` : 'no folder'
  throw new UserError(`${folder} is ${what}, and Kiro's configuration must be a folder of its own`, {
    hint: 'look at it, then move it out of the way',
  })
}

export const recordOf = (place: LaptopPlace): LaptopRecord => readRecord(place) ?? emptyRecord
