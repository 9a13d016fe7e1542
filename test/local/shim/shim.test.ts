import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { planPaths } from '../../../config/paths.ts'
import { silentStory } from '../../../config/story.ts'
import { ensureTools } from '../../../scripts/setup/ensure.ts'

const minutes = 60_000

test('the shim around moto keeps its promises (Python tests)', { timeout: 5 * minutes }, async () => {
  const io = { story: silentStory, interactive: false, yes: true, confirm: async () => true }
  const { python } = await ensureTools(['moto'], io, planPaths(process.env), process.env)
  // unittest tells its story on stderr and ends it with the count.
  const { stderr } = await promisify(execFile)(
    python,
    ['-m', 'unittest', 'discover', '-s', import.meta.dirname],
    {
      cwd: resolve(import.meta.dirname, '..', '..', '..'),
      maxBuffer: 1 << 26,
    },
  )
  expect(stderr).toMatch(/Ran \d{2,} tests/)
  expect(stderr.trim()).toMatch(/OK$/)
})
