import { once } from 'node:events'
import { expect, test } from 'vitest'
import { active, begin, run, sandbox } from './place.ts'

test('a command runs with bash as the sandbox user, at home, and its exit code is ours', async () => {
  const line = `echo "$(id -un) $PWD" | tr a-z A-Z; echo "it's an error" >&2; exit 42`
  const { code, stdout, stderr } = await run(['--command', line])
  expect({ code, stdout }).toEqual({ code: 42, stdout: 'KIRO /HOME/KIRO\n' })
  expect(stderr).toMatch(/✓ Session \(\d+\.\ds\)/)
  expect(stderr).toContain("it's an error\n")
}, 240_000)

test('a reader that goes away ends the session', async () => {
  const child = begin('--command', 'yes')
  await once(child.stdout, 'data')
  child.stdout.destroy()
  await once(child, 'close')
  expect(await active()).toEqual([])
  await sandbox.run('while pgrep -x yes; do sleep 0.1; done')
}, 240_000)
