import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { blockStyles, hasBlock, withBlock, withoutBlock } from '../../home/marked-block.ts'

const { shell, markdown } = blockStyles('npm run x')
const lines = ['alias a=b', '# $& $1']

describe.each([
  ['shell', shell],
  ['markdown', markdown],
])('a block in %s', (_name, style) => {
  test('comes and goes without a trace, whatever the file holds', () => {
    const piece = fc.constantFrom(
      '\n',
      '\r\n',
      '\r',
      'x',
      style.begin,
      style.end,
      '\xff',
      ' ',
      '# kiro-sandbox: begin',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const before = pieces.join('')
        fc.pre(!hasBlock(before, style))
        // With the line end that we add it would be a block, although nobody of us has written it.
        fc.pre(!before.endsWith(`${style.end}\r`))
        const once = withBlock(before, style, lines)
        expect(hasBlock(once, style)).toBe(true)
        expect(withBlock(once, style, lines)).toBe(once)
        expect(withoutBlock(once, style)).toBe(before)
      }),
      { numRuns: 3000 },
    )
  })

  test('what a person wrote below it stays below it, and new lines take the place of old ones', () => {
    const once = `${withBlock('first', style, lines)}later\n`
    const changed = withBlock(once, style, ['other'])
    expect(changed).toContain('other\n')
    expect(changed).not.toContain('alias a=b')
    expect(withoutBlock(changed, style)).toBe('first\nlater\n')
    expect(withoutBlock(`${withBlock('first\n', style, lines)}later\n`, style)).toBe('first\nlater\n')
  })
})
