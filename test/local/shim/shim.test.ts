import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { python } from '../control/fixture.ts'

const minutes = 60_000
const files = readdirSync(import.meta.dirname).filter((name) => /^test_\w+\.py$/.test(name))

test('there are Python tests of the shim', () => {
  expect(files.length).toBeGreaterThan(5)
})

test.each(files)('%s: the shim around moto keeps its promises', { timeout: 5 * minutes }, async (file) => {
  // unittest tells its story on stderr and ends it with the count.
  const { stderr } = await promisify(execFile)(
    python,
    ['-m', 'unittest', 'discover', '-s', import.meta.dirname, '-p', file],
    {
      cwd: resolve(import.meta.dirname, '..', '..', '..'),
      maxBuffer: 1 << 26,
    },
  )
  expect(stderr).toMatch(/Ran [1-9]\d* tests?/)
  expect(stderr.trim()).toMatch(/OK$/)
})
