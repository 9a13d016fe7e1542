import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { active, otherScreen, run, sandbox, sitWith } from './place.ts'

/** Makes a bug of a signal, for a program that has none to offer. */
const bug = `process.on('SIGUSR2', () => { throw new Error('a bug') })`

test.each([
  ['kill -TERM', 15, 130],
  ['a terminal that is closed (HUP)', 1, 130],
  ['a bug that nobody catches', 12, 1],
])(
  'after %s in the middle of a full screen the terminal is as it was',
  async (_what, signal, code) => {
    const folder = mkdtempSync(join(tmpdir(), 'graviton-bug-'))
    writeFileSync(join(folder, 'bug.cjs'), bug)
    const env = { ...sandbox.env, NODE_OPTIONS: `--require ${join(folder, 'bug.cjs')}` }
    const terminal = sitWith(env, '--shell')
    await terminal.see(/\$ [\s\S]*\$ $/)
    // A shell with job control would not hear of it while something runs in its foreground.
    const program = 'trap "stty size" WINCH; printf "\\033[?1049h\\033[?25l"; while :; do sleep 0.1; done'
    terminal.type(`bash -c '${program}'\r`)
    await terminal.see(otherScreen('h'))
    terminal.resize(100, 33)
    await terminal.see(/33 100/)
    terminal.signal(signal)
    expect(await terminal.ended).toEqual({ code, restored: true })
    rmSync(folder, { recursive: true })
    await terminal.see(otherScreen('l'))
    expect(terminal.shown()).toContain('\u001b[?25h')
    expect(await active()).toEqual([])
  },
  240_000,
)

test('what is typed into a pipe is read to its end, and all of the answer comes', async () => {
  const { code, stdout } = await run(['--shell'], 'echo $((6 * 7))\n')
  expect(stdout).toContain('\r42\r\n')
  expect(code).toBe(0)
}, 240_000)
