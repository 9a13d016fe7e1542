/**
 * Our lines at the end of a file that is somebody else's, between two comments. Files are handled as latin1 text:
 * each byte is one character, so whatever a person wrote comes back as it was.
 */
export interface BlockStyle {
  readonly begin: string
  readonly end: string
}

/** Comments of shells, and of Markdown. @param keeper the command that keeps the block */
export const blockStyles = (keeper: string) =>
  ({
    shell: { begin: `# kiro-sandbox: begin, kept by ${keeper}`, end: '# kiro-sandbox: end' },
    markdown: { begin: `<!-- kiro-sandbox: begin, kept by ${keeper} -->`, end: '<!-- kiro-sandbox: end -->' },
  }) as const satisfies Record<string, BlockStyle>

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** A file whose last line has no end gets one, and this word says that it was not there before. */
const ended = ' (the line before had no end)'

/** The block with what stands around it. Line ends may have been changed by an editor since, all of them. */
const pattern = ({ begin, end }: BlockStyle): RegExp => {
  const alternatives = ['\\r\\n', '\\n'].flatMap((newline) => {
    const inner = `(?:(?!${escaped(begin)})[^\\n]*\\n)*?${escaped(end)}(?:${newline}|$)`
    // The end that we gave the line before is ours, too.
    return [
      `(?:^|(?<=\\n))${escaped(begin)}${newline}${inner}`,
      `${newline}${escaped(begin + ended)}${newline}${inner}`,
    ]
  })
  return new RegExp(alternatives.join('|'))
}

export const hasBlock = (text: string, style: BlockStyle): boolean => pattern(style).test(text)

/** The lines between the comments as they are now; undefined without a block. */
export const blockLines = (text: string, style: BlockStyle): string[] | undefined =>
  pattern(style).exec(text)?.[0].trim().split(/\r?\n/).slice(1, -1)

/** The line end we gave the line before goes with the block, unless somebody has written below it since. */
export const withoutBlock = (text: string, style: BlockStyle): string =>
  text.replace(pattern(style), (block: string, at: number) =>
    at + block.length < text.length ? (/^\r?\n/.exec(block)?.[0] ?? '') : '',
  )

/** The file with our block where it was, else at its end; every other byte as it was. Twice is as once. */
export const withBlock = (text: string, style: BlockStyle, lines: readonly string[]): string => {
  const newline = /^[^\n]*\r\n/.test(withoutBlock(text, style)) ? '\r\n' : '\n'
  const render = (begin: string) => [begin, ...lines, style.end].map((line) => line + newline).join('')
  const old = pattern(style).exec(text)
  const atEnd = old === null
  const open = atEnd ? text !== '' && !text.endsWith('\n') : old[0].includes(style.begin + ended)
  const block = open ? newline + render(style.begin + ended) : render(style.begin)
  return atEnd ? text + block : text.slice(0, old.index) + block + text.slice(old.index + old[0].length)
}
