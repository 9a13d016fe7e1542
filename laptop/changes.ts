import { createHash } from 'node:crypto'
import { quoteWord } from '../config/shell-word.ts'
import { UserError } from '../config/user-error.ts'
import { type BlockStyle, blockLines, blockStyles, hasBlock, withBlock } from '../home/marked-block.ts'
import type { LaptopRecord } from './record.ts'
import type { WholeFile } from './render.ts'

export const keeper = 'npm run laptop:setup'
export const styles = blockStyles(keeper)

/** What lies at a path now. */
export interface Found {
  readonly bytes: string
  readonly mode: number
  /** The name itself is a link, and where it leads. */
  readonly link?: string
  /** A link to something that is not there. */
  readonly dangling?: boolean
}

export interface BlockFile {
  readonly path: string
  readonly style: keyof typeof styles
  readonly lines: readonly string[]
  /** A shell start file: asked for even when it is not there yet. */
  readonly start: boolean
}

export interface Change {
  readonly path: string
  /**
   * create: was not there. update: ours, brought up to date. replace: somebody's, kept until --remove. reset: ours, but
   * somebody has changed it; kept aside. extend: our lines added.
   */
  readonly verb: 'create' | 'update' | 'replace' | 'reset' | 'extend'
  readonly bytes: string
  readonly mode: number | undefined
  /** A person is asked first. */
  readonly asks: boolean
}

export const sha256 = (bytes: string): string =>
  createHash('sha256').update(Buffer.from(bytes, 'latin1')).digest('hex')

/** A link could lead our bytes into ~/.aws/config, which nothing of ours may write. */
const refuseLink = (path: string, { link }: Found): void => {
  if (link !== undefined)
    throw new UserError(`${path} is a link to ${link}, and we write no AWS configuration through links`, {
      hint: `look at it, then remove it: rm ${quoteWord(path)}`,
    })
}

export const decideWhole = (
  wanted: WholeFile,
  found: Found | undefined,
  record: LaptopRecord,
): Change | undefined => {
  const { path, bytes, mode } = wanted
  if (found === undefined) return { path, verb: 'create', bytes, mode, asks: false }
  refuseLink(path, found)
  const ours = record.whole.find((one) => one.path === path)
  if (found.bytes === bytes) {
    if (found.mode === mode && ours !== undefined) return undefined
    return { path, verb: 'update', bytes, mode, asks: false }
  }
  const untouched = ours !== undefined && sha256(found.bytes) === ours.sha256
  const verb = ours === undefined ? 'replace' : untouched ? 'update' : 'reset'
  return { path, verb, bytes, mode, asks: !untouched }
}

/** Of the lines between our comments, whatever ends them. */
export const sha256OfLines = (lines: readonly string[]): string => sha256(lines.join('\n'))

/** Somebody has written between our comments, where only our lines are kept. */
export const isBlockEdited = (
  bytes: string,
  { style, sha256: known }: Pick<LaptopRecord['blocks'][number], 'style' | 'sha256'>,
): boolean => {
  const lines = blockLines(bytes, styles[style])
  return lines !== undefined && known !== undefined && sha256OfLines(lines) !== known
}

export const decideBlock = (
  wanted: BlockFile,
  found: Found | undefined,
  record: LaptopRecord,
): Change | undefined => {
  const { path, style, lines, start } = wanted
  if (found?.dangling)
    throw new UserError(`${path} is a link to ${found.link}, which is not there`, {
      hint: 'create that file, or remove the link',
    })
  const block: BlockStyle = styles[style]
  const before = found?.bytes ?? ''
  const bytes = withBlock(before, block, lines)
  if (bytes === before) return undefined
  if (found === undefined) return { path, verb: 'create', bytes, mode: undefined, asks: start }
  const ours = record.blocks.find((one) => one.path === path)
  if (ours !== undefined && isBlockEdited(before, ours))
    return { path, verb: 'reset', bytes, mode: undefined, asks: true }
  const known = hasBlock(before, block)
  return { path, verb: known ? 'update' : 'extend', bytes, mode: undefined, asks: !known }
}
