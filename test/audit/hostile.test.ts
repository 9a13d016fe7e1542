import { PassThrough, Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseUserName } from '../../config/user-name.ts'
import { renderCsv, renderCsvHead, renderJson } from '../../scripts/audit/render-csv.ts'
import { renderPage } from '../../scripts/audit/render-page.ts'
import { renderTimeline } from '../../scripts/audit/render-text.ts'
import { planRow, type Row } from '../../scripts/audit/row.ts'
import type { Subject } from '../../scripts/audit/subject.ts'
import { streamRows } from '../../scripts/audit/tell.ts'
import { makeEvent } from './record.ts'

const user = parseUserName('alice')
const subject: Subject = {
  ...{ user, logins: new Set(['alice']), instances: new Set(), address: undefined, aliases: new Set() },
}

/** Anything, and often what somebody would try. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '\u001b]0;owned\u0007',
    '\u009b31mred',
    'a\r\nb',
    '\u202etxt.exe',
    '</script><script>alert(1)</script>',
    '<!--<script>',
    '"><img src=x onerror=alert(1)>',
    '=HYPERLINK("http://x")',
    '\u{e0001}',
    '\u2028',
  ),
)

const rowOf = (hostile: string): Row =>
  planRow(
    makeEvent({
      ...{
        agent: hostile,
        address: hostile,
        error: hostile || 'x',
        session: hostile,
        role: 'kiro-elevated-alice',
      },
      ...{
        source: 'ssm',
        name: 'StartSession',
        request: { target: hostile, reason: hostile },
        resources: [hostile],
      },
    }),
    subject,
    [],
  )

const bandOf = (reason: string) => ({
  ...{
    from: 0,
    until: 1,
    planned: 1,
    mode: 'window' as const,
    reason,
    by: reason,
    allow: [reason],
    closed: false,
  },
})

const steers = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

describe('text of other people', () => {
  test('steers no terminal, in whichever form it is printed', () => {
    fc.assert(
      fc.property(text, (hostile) => {
        const row = rowOf(hostile)
        for (const line of [renderJson(row), renderCsv(row), ...renderTimeline([row], [bandOf(hostile)])])
          expect(line).not.toMatch(steers)
      }),
    )
  })

  test('comes back whole from a line of JSON', () => {
    fc.assert(
      fc.property(text, (hostile) => {
        const row = rowOf(hostile)
        expect(JSON.parse(renderJson(row))).toEqual(JSON.parse(JSON.stringify(row)))
      }),
    )
  })

  test('is one quoted cell of a line, and no formula, whichever character a spreadsheet takes for the separator', () => {
    const columns = renderCsvHead().split(',').length
    const formula = /(?:^|[,;|"])\s*[=+\-@|%\u2212\uff1d\uff0b\uff0d\uff20\uff5c\uff05]/u
    const tried = fc.constantFrom(
      ...[
        '\t=1',
        '\r=1',
        '\n@x',
        ' =1',
        '\uff1d1+1',
        'a;=1',
        'a,=1',
        'a"=1',
        'a"", =1',
        '\u3000=1',
        "'=1",
        'a|=1',
      ],
      ...['+1', '-1', '@SUM(1)', '%0A', 'a;;\uff0b1', '"=1'],
    )
    fc.assert(
      fc.property(fc.oneof(text, tried), (hostile) => {
        const line = renderCsv(rowOf(hostile))
        const cells = line.match(/"(?:[^"]|"")*"(?:,|$)/g) ?? []
        expect([cells.length, cells.join('')]).toEqual([columns, line])
        expect(line).not.toMatch(formula)
      }),
    )
  })

  test('is data of a page and never part of its markup', () => {
    const plain = renderPage(
      { user, from: 0, until: 1, bands: [bandOf('a')], rows: [rowOf('a')] },
      { css: '', js: '' },
    )
    const tags = (page: string) => page.match(/<[^>]*>/g)?.length
    fc.assert(
      fc.property(text, (hostile) => {
        const story = { user, from: 0, until: 1, bands: [bandOf(hostile)], rows: [rowOf(hostile)] }
        const page = renderPage(story, { css: '', js: '' })
        expect(tags(page)).toBe(tags(plain))
        const data = /id="data">(.*?)<\/script>/s.exec(page)?.[1] ?? ''
        expect(JSON.parse(data)).toEqual(JSON.parse(JSON.stringify(story)))
      }),
    )
  })
})

test('a reader that does not read stops the story instead of filling the memory', async () => {
  let asked = 0
  const rows = Readable.from(
    (function* () {
      for (; asked < 1000; asked += 1) yield rowOf('a'.repeat(1000))
    })(),
    { highWaterMark: 1 },
  )
  const output = new PassThrough({ highWaterMark: 1 })
  const told = streamRows(rows, 'json', output)
  await delay(50)
  expect(asked).toBeLessThan(10)
  output.resume()
  expect(await told).toBe(1000)
})
