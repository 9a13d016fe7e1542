import { expect, test } from 'vitest'
import { outcome, sandbox, sit } from './place.ts'

test.each([
  ['refused', 'the login was refused in the browser'],
  ['expired', 'the code has expired before anybody approved the login'],
])(
  'a login that was %s says so',
  async (how, sentence) => {
    await outcome(`${how} 0.3`)
    const terminal = sit('--login-only')
    await terminal.see(new RegExp(sentence))
    expect(await terminal.ended).toEqual({ code: 1, restored: true })
  },
  240_000,
)

test('without a link kiro-cli gives, the link is made from the code; then Kiro starts with its agent', async () => {
  await outcome('silent 6')
  const terminal = sit()
  const link = await terminal.see(
    /https:\/\/view\.awsapps\.com\/start\/#\/device\?user_code=[A-Z]{4}-[A-Z]{4}/,
  )
  const code = link.slice(-9)
  await terminal.see(new RegExp([...code].join(' ')))
  await terminal.see(/✓ Login of Kiro/)
  await terminal.see(/\[readonly\] > /)
  terminal.type('hello\r')
  await terminal.see(/echo: hello/)
  terminal.type('/quit\r')
  expect(await terminal.ended).toEqual({ code: 0, restored: true })
  expect(terminal.shown()).not.toContain('7379')
}, 240_000)

test('the exit code of what stands before the agent is ours', async () => {
  const file = '/home/kiro/.kiro/agents/elevated.json'
  await sandbox.run(`mv ${file} ${file}.away`)
  const terminal = sit('--agent', 'elevated')
  await terminal.see(/elevated.json is not the agent/)
  expect(await terminal.ended).toEqual({ code: 3, restored: true })
  await sandbox.run(`mv ${file}.away ${file}`)
}, 240_000)
