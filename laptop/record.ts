import * as z from 'zod'
import { UserError } from '../config/user-error.ts'

const wholeFile = z.strictObject({
  path: z.string(),
  /** Of what we wrote last; another one there means that somebody has edited it. */
  sha256: z.string(),
  /** Of a person's file that ours took the place of: where it is kept, and its permissions. */
  before: z.strictObject({ path: z.string(), mode: z.int() }).optional(),
})

const blockFile = z.strictObject({
  path: z.string(),
  style: z.enum(['shell', 'markdown']),
  /** There was no such file before us. */
  created: z.boolean(),
  /** Of our lines; records of older releases have none. */
  sha256: z.string().optional(),
})

const folder = z.strictObject({
  path: z.string(),
  /** Permissions it had; none when we made it. */
  mode: z.int().optional(),
})

const recordSchema = z.strictObject({
  version: z.literal(1),
  whole: z.array(wholeFile),
  blocks: z.array(blockFile),
  /** Outer ones first. */
  folders: z.array(folder),
})

/** What laptop:setup has changed in a home, and how it was before: all that --remove needs. */
export type LaptopRecord = z.infer<typeof recordSchema>

export const emptyRecord: LaptopRecord = { version: 1, whole: [], blocks: [], folders: [] }

export const renderRecord = (record: LaptopRecord): string => `${JSON.stringify(record, null, 2)}\n`

export const parseRecord = (text: string, file: string): LaptopRecord => {
  try {
    return recordSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw new UserError(`${file} is not what laptop:setup wrote, so what was there before is not known`, {
      hint: 'restore it from a backup, or remove the files of ~/.aws/kiro by hand and run npm run laptop:setup',
      cause,
    })
  }
}

/** By path, the newer of two. */
const merge = <T extends { readonly path: string }>(old: readonly T[], fresh: readonly T[]): T[] => [
  ...old.filter(({ path }) => !fresh.some((one) => one.path === path)),
  ...fresh,
]

/** What was there before the first of all runs stays the truth about before. */
export const mergeRecords = (old: LaptopRecord, fresh: LaptopRecord): LaptopRecord => {
  const whole = fresh.whole.map((file) => {
    const known = old.whole.find(({ path }) => path === file.path)
    if (known === undefined) return file
    const { before: _, ...rest } = file
    return known.before === undefined ? rest : { ...rest, before: known.before }
  })
  const blocks = fresh.blocks.map((block) => ({
    ...block,
    created: old.blocks.find(({ path }) => path === block.path)?.created ?? block.created,
  }))
  const folders = fresh.folders.filter(({ path }) => !old.folders.some((one) => one.path === path))
  return {
    version: 1,
    whole: merge(old.whole, whole),
    blocks: merge(old.blocks, blocks),
    folders: [...old.folders, ...folders],
  }
}
