import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { names } from '../../../config/names.ts'
import { EscapeKeys } from '../../../connect/terminal/escape-keys.ts'
import { ExitMarkReader, exitMark } from '../../../connect/terminal/exit-mark.ts'
import { ScreenModes } from '../../../connect/terminal/screen-modes.ts'
import { renderSessionDocuments } from '../../../stacks/session-documents.ts'

describe('what a program has switched on the screen', () => {
  const after = (...pieces: string[]): string => {
    const modes = new ScreenModes()
    for (const piece of pieces) modes.push(Buffer.from(piece, 'latin1'))
    return modes.renderReset()
  }
  test.each([
    ['nothing', ['hello'], ''],
    ['the other screen', ['\x1b[?1049h'], '\x1b[?1049l\x1b[0m'],
    ['the other screen and back', ['\x1b[?1049hhello\x1b[?1049l'], ''],
    ['a hidden cursor', ['\x1b[?25l'], '\x1b[?25h\x1b[0m'],
    ['several at once', ['\x1b[?1000;1006h'], '\x1b[?1000l\x1b[?1006l\x1b[0m'],
    ['cut anywhere', ['\x1b', '[', '?20', '04', 'h'], '\x1b[?2004l\x1b[0m'],
    ['keys of the keypad', ['\x1b='], '\x1b>\x1b[0m'],
    ['what is none of these', ['\x1b[?7l\x1b[31m'], ''],
  ])('%s', (_what, pieces, reset) => expect(after(...pieces)).toBe(reset))
})

describe('Enter ~ . leaves', () => {
  const type = (...pieces: string[]) => {
    const keys = new EscapeKeys()
    const typed = pieces.map((piece) => keys.push(Buffer.from(piece)))
    return { sent: typed.map(({ data }) => data.toString()).join(''), left: typed.some(({ leave }) => leave) }
  }
  test.each([
    [['ls\r', '~', '.'], { sent: 'ls\r', left: true }],
    [['~.'], { sent: '', left: true }],
    [['a', '~', '.'], { sent: 'a~.', left: false }],
    [['\r', '~', '~', '.'], { sent: '\r~.', left: false }],
    [['\r', '~', 'x'], { sent: '\r~x', left: false }],
    [['~/bin/x\r'], { sent: '~/bin/x\r', left: false }],
    [['pasted\n~.more'], { sent: 'pasted\n~.more', left: false }],
  ])('%j', (pieces, expected) => expect(type(...pieces)).toEqual(expected))
})

describe('the exit code in the stream', () => {
  const read = (pieces: readonly Buffer[]) => {
    const reader = new ExitMarkReader()
    return { shown: Buffer.concat(pieces.map((piece) => reader.push(piece))), code: reader.exitCode }
  }
  test('is found and taken out however it is cut, and nothing else is changed', () => {
    const text = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes))
    fc.assert(
      fc.property(text, fc.nat(255), fc.array(fc.nat(90), { maxLength: 6 }), (before, code, cuts) => {
        const mark = Buffer.from(`${exitMark.prefix}${code}${exitMark.suffix}`, 'latin1')
        const all = Buffer.concat([before, mark])
        const at = [0, ...cuts.map((cut) => cut % (all.length + 1)).sort((a, b) => a - b), all.length]
        const pieces = at.slice(1).map((end, index) => all.subarray(at[index], end))
        expect(read(pieces)).toEqual({ shown: before, code })
      }),
    )
  })

  test('a beginning that was none is shown with what follows', () => {
    expect(read([Buffer.from('a\x1b]'), Buffer.from('0;title\x07b')]).shown.toString()).toBe(
      'a\x1b]0;title\x07b',
    )
  })

  test('is what the document of the agent prints', () => {
    const { agent } = renderSessionDocuments({ idleMinutes: 15, maxMinutes: 480, logRetentionDays: 30 })
    const printed = exitMark.prefix.replace('\u001b', '\\\\033')
    expect(agent).toContain(printed)
    expect(Object.keys(names.sessionDocuments)).toContain('agent')
  })
})
