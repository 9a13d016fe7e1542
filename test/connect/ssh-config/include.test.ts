import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import {
  hasInclude,
  includeOf,
  leadsToUs,
  withInclude,
  withoutInclude,
} from '../../../connect/ssh-config/include.ts'

const home = mkdtempSync(join(tmpdir(), 'kiro-include-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const readBySsh = (file: string, host: string): string => {
  const { stdout, stderr, status } = spawnSync('ssh', ['-G', '-F', file, host], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout
}

describe('files of a person keep every byte', () => {
  const configs: readonly (readonly [string, string])[] = [
    ['empty', ''],
    ['no newline at the end', 'Host a\n  User b'],
    ['CRLF', 'Host a\r\n  User b\r\n'],
    ['mixed line ends', 'Host a\r\n  User b\nHost c\r\n'],
    ['Match block first', 'Match host a exec "true"\n  User b\n'],
    ['includes', 'Include ~/.ssh/work/*\nHost *\n  Compression yes\n'],
    ['tabs and blank lines', '\n\n\tHost\ta\n\n\t\tUser=b\n\n'],
    ['UTF-8', '# größe 漢字\nHost a\n  User b\n'],
    ['latin1', '# gr\xf6\xdfe\nHost a\n'],
    ['byte order mark', '\xef\xbb\xbfHost a\n  User b\n'],
    ['somebody who imitates us', '# kiro-sandbox: end\nHost a\n# kiro-sandbox: begin\n'],
    [
      'every byte but NUL',
      Array.from({ length: 255 }, (_, index) => String.fromCharCode(index + 1)).join(''),
    ],
  ]

  test.each(configs)('%s', (_name, config) => {
    const once = withInclude(config)
    expect(hasInclude(once)).toBe(true)
    expect(withInclude(once)).toBe(once)
    expect(withoutInclude(once)).toBe(config)
    expect(withoutInclude(config)).toBe(config)
  })

  test.each(configs.slice(0, 8))('%s: ssh still reads the rest of it as before', (name, config) => {
    const before = join(home, 'before')
    const after = join(home, 'after')
    writeFileSync(before, config, 'latin1')
    writeFileSync(after, withInclude(config, includeOf(join(home, 'none'))), 'latin1')
    expect([name, readBySsh(after, 'a')]).toEqual([name, readBySsh(before, 'a')])
  })
})

/** Lines as people write them, in any order, with any line end, and some that are not meant for ssh at all. */
const line = fc.oneof(
  fc.constantFrom(
    ...[
      'Host a',
      'Host *',
      'Match all',
      'Match host b exec "true"',
      '\tUser=x',
      '  Port 22',
      '',
      '#',
      '# größe 漢字',
    ],
    ...['Include ~/.ssh/other', '# kiro-sandbox: end', 'Include kiro-sandbox/*.conf', 'IdentityFile "~/a b"'],
  ),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replace(/[\r\n]/g, '')),
)
const config = fc
  .tuple(fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n'))), line, fc.boolean())
  .map(([lines, last, open]) => lines.map((pair) => pair.join('')).join('') + (open ? last : ''))
  .map((text) => Buffer.from(text, 'utf8').toString('latin1'))

test('whatever a person has, it comes back byte by byte; twice is as once', () => {
  fc.assert(
    fc.property(
      config,
      fc.constantFrom(undefined, 'Include "/some/where else/*.conf"'),
      (before, include) => {
        const once = withInclude(before, include)
        expect(once.endsWith(before)).toBe(true)
        expect(withInclude(once, include)).toBe(once)
        expect(withoutInclude(once)).toBe(before)
      },
    ),
    { numRuns: 2000 },
  )
})

test('what is written below the Include later stays when it goes', () => {
  fc.assert(
    fc.property(config, config, (before, more) => {
      expect(withoutInclude(withInclude(before) + more)).toBe(before + more)
    }),
  )
})

test.each([
  ['Include kiro-sandbox/*.conf\nHost a\n', true],
  ['# mine\n  include ~/.ssh/kiro-sandbox/*.conf\n', true],
  ['Host a\n  Include kiro-sandbox/*.conf\n', false],
  ['Match all\nInclude kiro-sandbox/*.conf\n', false],
  ['# Include kiro-sandbox/*.conf\n', false],
  ['', false],
])('a line that somebody put there himself counts where it is for every host: %j', (text, leads) => {
  expect(leadsToUs(text)).toBe(leads)
})

test.each(['/home/a"b', '/home/100%', '/home/a*', '/home/[x]', '/home/$x', '/home/a\nb', '/home/a\\b'])(
  'a folder that ssh would read as something else is refused: %j',
  (folder) => expect(includeOf(folder)).toBeUndefined(),
)
