import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateTagsCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tag } from '../../config/names.ts'
import { openSandbox, type Sandbox } from '../connect-command/sandbox.ts'
import { root } from '../local/control/fixture.ts'
import { run } from '../ssh-proxy/place.ts'

let sandbox: Sandbox
let home: string
const config = 'Host *\r\n  User nobody\r\nHost größe\r\n'
beforeAll(async () => {
  sandbox = await openSandbox()
  home = mkdtempSync(join(tmpdir(), 'kiro home-'))
  mkdirSync(join(home, '.ssh'))
  writeFileSync(join(home, '.ssh', 'config'), config)
}, 400_000)
afterAll(async () => {
  if (home) rmSync(home, { recursive: true, force: true })
  await sandbox?.room.close()
}, 240_000)

const launch = async (...args: string[]) => {
  const ended = await run(process.execPath, [join(root, 'scripts', 'launch.mjs'), ...args], {
    env: sandbox.env,
  })
  return { ...ended, stdout: ended.stdout.toString() }
}
const sshConfig = (...args: string[]) => launch('ssh:config', '--user', 'alice', ...args)
const at = (...path: string[]) => join(home, '.ssh', ...path)
const read = (...path: string[]) => readFileSync(at(...path), 'utf8')
const seenBySsh = () =>
  spawnSync('ssh', ['-G', '-F', at('config'), 'sandbox-alice'], { encoding: 'utf8' }).stdout

test('without --write it shows what it would write, and writes nothing', async () => {
  const { code, stdout, stderr } = await sshConfig('--home', home)
  expect(code).toBe(0)
  expect(stdout).toContain(`Include "${at('kiro-sandbox')}/*.conf"`)
  expect(stdout).toContain('Host sandbox-alice\n')
  expect(stderr).toContain(`--write reads the host keys of ${sandbox.instanceId}`)
  expect(existsSync(at('kiro-sandbox'))).toBe(false)
}, 240_000)

test('the host keys of the machine are read through Session Manager and pinned under its id', async () => {
  const { code, stdout, stderr } = await sshConfig('--home', home, '--write')
  expect({ code, stderr }).toMatchObject({ code: 0 })
  expect(stdout).toContain(`ssh -F ${at('config')} sandbox-alice`)
  const real = await sandbox.run('cut -d" " -f1-2 /etc/ssh/ssh_host_*_key.pub')
  const pinned = read('kiro-sandbox', 'sandbox-alice.known_hosts').trimEnd().split('\n')
  expect(pinned.sort()).toEqual(
    real
      .split('\n')
      .map((key) => `${sandbox.instanceId} ${key}`)
      .sort(),
  )
  expect(seenBySsh()).toContain(`\nhostkeyalias ${sandbox.instanceId}\n`)
}, 240_000)

test('again it asks for no session and changes nothing', async () => {
  const { code, stdout, stderr } = await sshConfig('--home', home, '--write', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ host: 'sandbox-alice', written: [] })
  expect(stderr).not.toContain('Host keys')
}, 240_000)

test('a config that ssh does not read is told of, with the line', async () => {
  const before = read('config')
  writeFileSync(at('config'), `${before}Host a\n  Compresion yes\n`)
  const { code, stderr } = await sshConfig('--home', home, '--write')
  writeFileSync(at('config'), before)
  expect(code).toBe(1)
  expect(stderr).toMatch(/ssh does not take \S+ \S+ as it is: .*line 8: Bad configuration option: compresion/)
}, 240_000)

test('AWS CLI v2 is refused where the AWS is one that it cannot open tunnels to', async () => {
  const { code, stderr } = await sshConfig('--home', home, '--aws-cli')
  expect(code).toBe(1)
  expect(stderr).toMatch(/the AWS CLI opens tunnels to AWS alone, and this one is at http:\/\/127/)
}, 240_000)

describe('what was typed wrongly', () => {
  test.each([
    [['--home', '/nowhere/at/all'], '--home /nowhere/at/all does not exist'],
    [['--write', '--remove'], '--write and --remove exclude each other'],
    [['--user', 'bob'], '--user is given twice'],
  ])('%j', async (args, sentence) => {
    const { code, stderr } = await sshConfig(...args)
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) })
  })

  test('a name that is not safe in a file of ssh', async () => {
    for (const name of ['a b', '../x', '*', 'alice\nHost *', '-oProxyCommand=x']) {
      const { code } = await launch('ssh:config', `--user=${name}`, '--home', home, '--write')
      expect([name, code]).toEqual([name, 2])
    }
  })
})

test('a machine that took the place of another one has a pin of its own', async () => {
  const { ec2 } = sandbox.room.clients
  const old = sandbox.instanceId
  const before = read('kiro-sandbox', 'sandbox-alice.known_hosts')
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [old] }))
  const next = await sandbox.room.launch()
  const Tags = [
    { Key: tag.sandbox, Value: 'alice' },
    { Key: tag.owner, Value: 'alice' },
  ]
  await ec2.send(new CreateTagsCommand({ Resources: [next], Tags }))
  await sandbox.room.online(next)
  await sandbox.room.output(next, 'useradd -m -s /bin/bash kiro')
  const { code, stderr } = await sshConfig('--home', home, '--write')
  expect({ code, stderr }).toMatchObject({ code: 0 })
  const after = read('kiro-sandbox', 'sandbox-alice.known_hosts')
  expect(after).toContain(`${next} ssh-ed25519 `)
  expect(after).not.toContain(old)
  const keyOf = (text: string) => /ssh-ed25519 (\S+)/.exec(text)?.[1]
  expect(keyOf(after)).not.toBe(keyOf(before))
}, 300_000)

test('--remove gives the bytes back, and asks no AWS', async () => {
  const { code, stdout } = await sshConfig('--home', home, '--remove', '--target', 'aws')
  expect(code).toBe(0)
  expect(stdout).toContain(`gave back  ${at('config')}\n`)
  expect(read('config')).toBe(config)
  expect(existsSync(at('kiro-sandbox'))).toBe(false)
  expect((await sshConfig('--home', home, '--remove')).stdout).toBe('nothing to remove\n')
}, 240_000)
