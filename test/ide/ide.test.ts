import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSandbox, type Sandbox } from '../connect-command/sandbox.ts'
import { root } from '../local/control/fixture.ts'
import { makeKey, run } from '../ssh-proxy/place.ts'

let sandbox: Sandbox
let home: string
let bin: string
beforeAll(async () => {
  sandbox = await openSandbox()
  home = mkdtempSync(join(tmpdir(), 'kiro-ide-'))
  bin = join(home, 'bin')
  mkdirSync(bin)
}, 400_000)
afterAll(async () => {
  if (home) rmSync(home, { recursive: true, force: true })
  await sandbox?.room.close()
}, 240_000)

/** An editor that notes what it was asked for. */
const plant = (name: string, ending = 0): string => {
  const notes = join(home, `${name}.notes`)
  const file = join(bin, name)
  writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$@" >'${notes}'\nexit ${ending}\n`)
  chmodSync(file, 0o755)
  return notes
}
const ide = async (...args: string[]) => {
  const { SSH_CONNECTION: _, ...env } = sandbox.env
  const argv = [join(root, 'scripts', 'launch.mjs'), 'ide', '--user', 'alice', '--home', home, ...args]
  const ended = await run(process.execPath, argv, { env: { ...env, PATH: `${bin}:${env.PATH}` } })
  return { ...ended, stdout: ended.stdout.toString() }
}
const link = 'vscode-remote://ssh-remote+sandbox-alice/home/kiro'

test('without an editor the link is the answer; the config is written on the way, and that is said', async () => {
  const { code, stdout, stderr } = await ide()
  expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: `${link}\n` })
  expect(stderr).toContain(`yet: npm run ssh:config -- --user alice --home ${home} --write`)
  expect(stderr).toContain('✓ ssh sandbox-alice')
  expect(stderr).toContain('no editor is on PATH')
  expect(stderr).toContain('access:policy -- --user alice')
}, 240_000)

test('VS Code is asked to open the folder, and what is recommended is JSON', async () => {
  const notes = plant('code')
  const { code, stdout, stderr } = await ide('--folder', '/etc', '--json')
  expect(code).toBe(0)
  const uri = 'vscode-remote://ssh-remote+sandbox-alice/etc'
  expect(JSON.parse(stdout)).toEqual({ uri, opened: 'code' })
  expect(readFileSync(notes, 'utf8')).toBe(`--folder-uri\n${uri}\n`)
  expect(stderr).not.toContain('ssh:config')
  expect(JSON.parse(/^\{\n[\s\S]*?^\}$/m.exec(stderr)?.[0] ?? '')).toHaveProperty(['remote.SSH.configFile'])
}, 240_000)

test('another editor by name; one that is not there says so', async () => {
  const notes = plant('kiro')
  expect((await ide('--editor', 'kiro')).code).toBe(0)
  expect(readFileSync(notes, 'utf8')).toBe(`--folder-uri\n${link}\n`)
  const missing = await ide('--editor', 'cursor')
  expect(missing.code).toBe(1)
  expect(missing.stderr).toContain('there is no cursor on PATH')
}, 240_000)

test('an editor that fails is a failure', async () => {
  plant('code', 7)
  const { code, stderr } = await ide()
  expect(code).toBe(1)
  expect(stderr).toContain('code has ended with exit code 7')
}, 240_000)

test('a folder that is not there is named, and what is said to make it does so', async () => {
  const missing = ['--folder', "it's new", '--print']
  const { code, stderr } = await ide(...missing)
  expect(code).toBe(1)
  expect(stderr).toContain("sandbox-alice has no folder /home/kiro/it's new")
  const hint = /hint: +(ssh -F .+)/.exec(stderr)?.[1] ?? ''
  expect(await run('/bin/sh', ['-c', hint], { env: sandbox.env })).toMatchObject({ code: 0 })
  expect((await ide(...missing)).stdout).toBe(`${link}/it's%20new\n`)
}, 240_000)

test('a machine whose disk is full is refused before an editor comes up', async () => {
  // Shared memory is the one small disk that a guest has.
  await sandbox.run("sed -i 's#:/home/kiro:#:/dev/shm:#' /etc/passwd")
  const { code, stderr } = await ide('--print')
  await sandbox.run("sed -i 's#:/dev/shm:#:/home/kiro:#' /etc/passwd")
  expect(code).toBe(3)
  expect(stderr).toMatch(/too small for the server of an editor: \d+ MiB of free disk/)
}, 240_000)

test('another host key than the pinned one is refused', async () => {
  const file = join(home, '.ssh', 'kiro-sandbox', 'sandbox-alice.known_hosts')
  const before = readFileSync(file)
  await makeKey(join(home, 'other'))
  const [type, key] = readFileSync(join(home, 'other.pub'), 'utf8').split(' ')
  writeFileSync(file, `${sandbox.instanceId} ${type} ${key}\n`)
  const { code, stderr } = await ide('--print')
  writeFileSync(file, before)
  expect(code).toBe(1)
  expect(stderr).toContain('shows another host key than the one that was read through Systems Manager')
}, 240_000)
