import { chmodSync, existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { readBytes, writeBytes } from '../../home/files.ts'
import { withoutBlock } from '../../home/marked-block.ts'
import { sha256, styles } from '../../laptop/changes.ts'
import type { LaptopPlace } from '../../laptop/place.ts'
import type { LaptopRecord } from '../../laptop/record.ts'

/** Files of ours that somebody has changed since; they go with the others. */
export const listEdited = ({ whole }: LaptopRecord): string[] =>
  whole
    .filter((file) => existsSync(file.path) && sha256(readBytes(file.path)) !== file.sha256)
    .map(({ path }) => path)

const removeWhole = ({ path, before }: LaptopRecord['whole'][number]): void => {
  if (before === undefined) rmSync(path, { force: true })
  else if (existsSync(before.path)) writeBytes(path, readBytes(before.path), before.mode)
}

const removeBlock = ({ path, style, created }: LaptopRecord['blocks'][number]): void => {
  if (!existsSync(path)) return
  const rest = withoutBlock(readBytes(path), styles[style])
  if (created && rest === '') rmSync(path)
  else writeBytes(path, rest)
}

const removeFolder = ({ path, mode }: LaptopRecord['folders'][number]): void => {
  if (!existsSync(path)) return
  if (mode !== undefined) chmodSync(path, mode)
  else if (readdirSync(path).length === 0) rmdirSync(path)
}

/** Everything as it was, byte for byte; what others have put into our folders stays. */
export const removeLaptop = (record: LaptopRecord, place: LaptopPlace): void => {
  for (const block of record.blocks) removeBlock(block)
  for (const file of record.whole) removeWhole(file)
  // Only now: until here a run that was cut off can be repeated.
  for (const { before } of record.whole) if (before !== undefined) rmSync(before.path, { force: true })
  rmSync(place.record)
  if (existsSync(place.before) && readdirSync(place.before).length === 0) rmdirSync(place.before)
  for (const folder of [...record.folders].reverse()) removeFolder(folder)
}
