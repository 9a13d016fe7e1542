import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { readBytes, writeBytes } from '../../home/files.ts'
import { type Found, sha256, sha256OfLines } from '../../laptop/changes.ts'
import { type LaptopRecord, mergeRecords, renderRecord } from '../../laptop/record.ts'
import { findFile, findFolders } from './look.ts'
import type { SetupPlan } from './plan.ts'

type Before = NonNullable<LaptopRecord['whole'][number]['before']>

/** Keeps a person's file under a name that says what is in it. */
const keep = (folder: string, { bytes, mode }: Found): Before => {
  const path = join(folder, sha256(bytes).slice(0, 16))
  if (!existsSync(path) || readBytes(path) !== bytes) writeBytes(path, bytes, 0o600)
  return { path, mode }
}

/** What is there before the first byte is written, with everything kept that a person may want back. */
const recordBefore = (
  { whole, blocks, changes, place, record }: SetupPlan,
  folders: LaptopRecord['folders'],
): LaptopRecord => {
  const written = new Set(changes.map(({ path }) => path))
  const fresh: LaptopRecord = {
    version: 1,
    folders,
    whole: whole
      .filter(({ path }) => written.has(path))
      .map(({ path, bytes }) => {
        const found = findFile(path)
        const ours = record.whole.find((one) => one.path === path)?.sha256
        const theirs = found !== undefined && sha256(found.bytes) !== ours
        return { path, sha256: sha256(bytes), ...(theirs ? { before: keep(place.before, found) } : {}) }
      }),
    blocks: blocks
      .filter(({ path }) => written.has(path))
      .map(({ path, style, lines }) => ({
        ...{ path, style, created: findFile(path) === undefined, sha256: sha256OfLines(lines) },
      })),
  }
  return mergeRecords(record, fresh)
}

/** The record is written before the files: whatever cuts this off, --remove knows the way back. */
export const applySetup = (plan: SetupPlan): void => {
  const { place, changes } = plan
  const edited = changes.filter(({ verb }) => verb === 'reset').map(({ path }) => findFile(path))
  const folders = findFolders(
    changes.map(({ path }) => path),
    place,
  )
  for (const { path, mode } of folders)
    if (mode === undefined) mkdirSync(path, { recursive: true, mode: 0o700 })
  for (const found of edited) if (found !== undefined) keep(place.before, found)
  writeBytes(place.record, renderRecord(recordBefore(plan, folders)), 0o600)
  chmodSync(place.folder, 0o700)
  for (const { path, bytes, mode } of changes) writeBytes(path, bytes, mode)
}
