import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { planPaths } from '../../config/paths.ts'
import { parseUserName } from '../../config/user-name.ts'
import type { Band } from '../../scripts/audit/bands.ts'
import { planRow, type Row } from '../../scripts/audit/row.ts'
import type { Subject } from '../../scripts/audit/subject.ts'
import { writePage } from '../../scripts/audit/tell.ts'
import { makeEvent } from './record.ts'

/** Debian's package; `.ci/run` installs it. */
const program = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'chromium'))
  .find(existsSync)

const user = parseUserName('alice')
const { root } = planPaths(process.env)
const subject: Subject = {
  ...{ user, logins: new Set(['alice']), instances: new Set(), address: undefined, aliases: new Set() },
}
const from = Date.parse('2026-01-01T00:00:00Z')
const hostile = '</script><script>document.title = "owned"</script><img src=x onerror="document.title = 1">'
const bands: readonly Band[] = [
  {
    ...{ from: from + 3600_000, until: from + 7200_000, planned: from + 7200_000, mode: 'window' as const },
    ...{ reason: `JIRA-1 ${hostile}`, by: 'alice', allow: null, closed: false },
  },
]
const iso = (at: number) => new Date(at).toISOString()

/** Every hundredth denied, every tenth elevated. */
const manyRows = (count: number): readonly Row[] =>
  Array.from({ length: count }, (_, index) =>
    planRow(
      makeEvent({
        ...{
          id: `event-${index}`,
          time: iso(from + index * 8000),
          agent: hostile,
          resources: [`bucket-${index}`],
        },
        role: index % 10 === 0 ? 'kiro-elevated-alice' : 'kiro-readonly-alice',
        ...(index % 100 === 0 ? { error: 'AccessDenied' } : {}),
      }),
      subject,
      bands,
    ),
  )

describe('the file of a page', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'graviton-audit-'))
    return () => rmSync(folder, { recursive: true })
  })
  const write = (name: string) =>
    writePage(join(folder, name), root, { user, from, until: from + 86_400_000, bands, rows: manyRows(3) })
  const mode = (name: string) => statSync(join(folder, name)).mode & 0o777

  test('is for its owner alone, also where one lay that everybody could read', async () => {
    writeFileSync(join(folder, 'alice.html'), 'old', { mode: 0o644 })
    await write('alice.html')
    expect(mode('alice.html')).toBe(0o600)
    expect(readFileSync(join(folder, 'alice.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/)
    expect(readdirSync(folder)).toEqual(['alice.html'])
  })

  test('is written where a link points, and the link stays one', async () => {
    symlinkSync('there.html', join(folder, 'link.html'))
    await write('link.html')
    expect(lstatSync(join(folder, 'link.html')).isSymbolicLink()).toBe(true)
    expect(mode('there.html')).toBe(0o600)
  })

  test('is refused where it would replace a device, or a folder is mistyped', async () => {
    await expect(write('none/alice.html')).rejects.toThrow(/none\/alice.html: there is no such folder/)
    await expect(writePage('/dev/null', root, { user, from, until: 1, bands, rows: [] })).rejects.toThrow(
      'cannot write /dev/null: it is no file',
    )
    expect(existsSync(join(folder, 'none'))).toBe(false)
  })
})

describe.skipIf(program === undefined && !process.env.CI)(
  'the page, in Chromium (needs apt-get install chromium)',
  () => {
    const count = 10_000
    let folder: string
    let browser: Browser
    let page: Page
    const complaints: string[] = []
    const requests: string[] = []

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'graviton-audit-'))
      const file = join(folder, 'alice.html')
      await writePage(file, root, { user, from, until: from + 86_400_000, bands, rows: manyRows(count) })
      // No sandbox of its own: tests run as root in containers. The page is ours.
      browser = await chromium.launch({ executablePath: program ?? 'chromium', args: ['--no-sandbox'] })
      page = await browser.newPage()
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('console', (message) => complaints.push(message.text()))
      page.on('request', (request) => requests.push(request.url()))
      await page.goto(pathToFileURL(file).href)
      await page.waitForSelector('body[data-ready=yes]')
    })
    afterAll(async () => {
      await browser?.close()
      if (folder !== undefined) rmSync(folder, { recursive: true })
    })

    const shown = () => page.textContent('#count')
    const lines = () => page.locator('.row').allTextContents()

    test('opens without the network and without a complaint', async () => {
      expect(complaints).toEqual([])
      expect(requests.filter((url) => !url.startsWith('file:'))).toEqual([])
      expect(await shown()).toBe(`${count} of ${count} events`)
      expect((await lines()).length).toBeLessThan(200)
    })

    test('shows hostile text as text', async () => {
      expect(await page.title()).toBe('alice: audit')
      expect(await page.locator('img, script:not(#data)').count()).toBe(1)
      expect(await page.textContent('#windows')).toContain('JIRA-1 </script><script>')
    })

    test('draws roles, calls and the window into its picture', async () => {
      const inks = await page.evaluate(`(() => {
      const canvas = document.getElementById('picture')
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      const found = new Set()
      for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 255) found.add(data.slice(at, at + 3).join())
      return [...found]
    })()`)
      // The band's own colour, from page.css.
      expect(inks).toContain('255,226,184')
    })

    test('filters by words, role, denials, and all of them together', async () => {
      await page.fill('#search', 'bucket-42')
      expect(await shown()).toBe(`111 of ${count} events`)
      await page.fill('#search', 'CREATEBUCKET bucket-4200')
      expect(await lines()).toHaveLength(1)
      await page.fill('#search', '')
      await page.check('#denied')
      expect(await shown()).toBe(`100 of ${count} events`)
      await page.uncheck('#role-elevated')
      expect(await shown()).toBe(`0 of ${count} events`)
      await page.check('#role-elevated')
      await page.uncheck('#denied')
      expect(await shown()).toBe(`${count} of ${count} events`)
    })

    test('shows all of a line that is chosen, and the last lines when it is scrolled there', async () => {
      await page.locator('.row').first().click()
      expect(await page.textContent('#detail')).toContain('"eventId": "event-0"')
      await page.evaluate("document.getElementById('list').scrollTop = 1e9")
      await page.getByText('bucket-9999').first().click()
      expect(JSON.parse((await page.textContent('#detail')) ?? '')).toMatchObject({
        eventId: 'event-9999',
        agent: hostile,
      })
    })
  },
)
