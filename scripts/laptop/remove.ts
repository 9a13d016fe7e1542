import { chmodSync, existsSync, lstatSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { readBytes, writeBytes } from '../../home/files.ts'
import { withoutBlock } from '../../home/marked-block.ts'
import { isBlockEdited, sha256, styles } from '../../laptop/changes.ts'
import type { LaptopPlace } from '../../laptop/place.ts'
import type { LaptopRecord } from '../../laptop/record.ts'

/** What of ours somebody has changed since; it goes with the rest. */
export const listEdited = ({ whole, blocks }: LaptopRecord): string[] =>
  [
    ...whole.filter((file) => existsSync(file.path) && sha256(readBytes(file.path)) !== file.sha256),
    ...blocks.filter((block) => isBlockEdited(readBytes(block.path), block)),
  ].map(({ path }) => path)

/** What was there before us was kept, and somebody has removed that. */
export const isLost = ({ before }: LaptopRecord['whole'][number]): boolean =>
  before !== undefined && !existsSync(before.path)

const removeWhole = (file: LaptopRecord['whole'][number]): void => {
  const { path, before } = file
  if (isLost(file)) return
  const bytes = before === undefined ? '' : readBytes(before.path)
  // A link that took the place of our file goes itself: what it leads to may be ~/.aws/config.
  if (before === undefined || lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    rmSync(path, { force: true })
  if (before !== undefined) writeBytes(path, bytes, before.mode)
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
