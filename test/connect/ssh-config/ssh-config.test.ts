import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { UserName } from '../../../config/user-name.ts'
import { withInclude } from '../../../connect/ssh-config/include.ts'
import { isPinned, parseHostKeys, renderKnownHosts } from '../../../connect/ssh-config/known-hosts.ts'
import { planSshPlace } from '../../../connect/ssh-config/place.ts'
import { instanceOf, quoteForProxy, renderHost } from '../../../connect/ssh-config/render-host.ts'
import { backUpOnce, readBytes, writeBytes } from '../../../home/files.ts'

const home = mkdtempSync(join(tmpdir(), 'kiro ssh %h-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
const place = planSshPlace(home)
const alice = 'alice' as UserName

const facts = {
  user: alice,
  instanceId: 'i-0123456789abcdef0',
  sandboxUser: 'kiro',
  proxy: ['/opt/node 20/bin/node', "/home/o'neil/100%/launch.mjs", 'ssh:proxy', '--user', 'alice'],
  writtenBy: 'npm run ssh:config -- --user alice --write',
  place,
  platform: 'linux',
} as const

/** What ssh itself makes of a configuration, key by key. */
const readBySsh = (file: string, host: string): Map<string, string> => {
  const { stdout, stderr, status } = spawnSync('ssh', ['-G', '-F', file, host], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return new Map(
    stdout.split('\n').map((line) => {
      const [key = '', ...rest] = line.split(' ')
      return [key, rest.join(' ')]
    }),
  )
}

test('ssh reads from the block what was meant', () => {
  mkdirSync(place.folder, { recursive: true })
  writeFileSync(place.host(alice), renderHost(facts))
  const read = readBySsh(place.host(alice), 'sandbox-alice')
  expect(Object.fromEntries(read)).toMatchObject({
    hostname: 'i-0123456789abcdef0',
    hostkeyalias: 'i-0123456789abcdef0',
    user: 'kiro',
    port: '22',
    stricthostkeychecking: 'true',
    forwardagent: 'no',
    identitiesonly: 'yes',
    serveraliveinterval: '15',
    controlmaster: 'auto',
  })
  expect(read.get('identityfile')).toBe(place.identity.replaceAll('%', '%%'))
  expect(read.get('userknownhostsfile')).toBe(place.knownHosts(alice))
  expect(read.get('controlpath')).toBe(`${place.folder}/kiro-i-0123456789abcdef0`)
  expect(instanceOf(renderHost(facts))).toBe('i-0123456789abcdef0')
  expect(readBySsh(place.host(alice), 'sandbox-bob').get('user')).not.toBe('kiro')
})

test('what a person has set for every host does not change a sandbox', () => {
  const own = join(home, 'own')
  const star = [
    'Host *',
    ...['User root', 'Port 2222', 'ProxyJump bastion', 'StrictHostKeyChecking no', 'ForwardAgent yes'],
    ...[
      'UserKnownHostsFile /dev/null',
      'IdentitiesOnly no',
      'CanonicalizeHostname always',
      'ControlMaster no',
    ],
  ].join('\n  ')
  const read = (text: string) => {
    writeFileSync(own, text)
    return Object.fromEntries(readBySsh(own, 'sandbox-alice'))
  }
  const alone = read(renderHost(facts))
  expect(read(`${renderHost(facts)}${star}\n`)).toEqual(alone)
})

test('a socket whose path would be too long is not asked for, nor is one on Windows', () => {
  const deep = planSshPlace(`/home/${'x'.repeat(60)}`)
  expect(renderHost(facts)).toContain('ControlMaster auto')
  expect(renderHost({ ...facts, place: deep })).not.toContain('Control')
  expect(renderHost({ ...facts, platform: 'win32' })).not.toContain('Control')
})

test('the proxy gets exactly its words, through ssh and a shell', () => {
  const told = join(home, 'told')
  const script = join(home, "it's 100% the proxy.sh")
  writeFileSync(script, `#!/bin/bash\nprintf '%s\\0' "$@" >'${told}'\nexit 1\n`)
  chmodSync(script, 0o755)
  const words = ['a b', "o'neil", '100%h', '$HOME', '`id`', '"', '\\', 'plain', '']
  const file = join(home, 'proxy.conf')
  writeFileSync(file, renderHost({ ...facts, proxy: [script, ...words] }))
  spawnSync('ssh', ['-F', file, '-o', 'ControlMaster=no', '-o', 'BatchMode=yes', 'sandbox-alice', 'true'])
  expect(readFileSync(told, 'utf8').split('\0').slice(0, -1)).toEqual(words)
})

test('words that need no quotes get none', () => {
  expect(quoteForProxy('/usr/bin/node')).toBe('/usr/bin/node')
  expect(quoteForProxy('--user')).toBe('--user')
})

describe('writing', () => {
  test('a link stays a link, permissions stay, and the same again changes nothing', () => {
    const real = join(home, 'dotfiles-config')
    const link = join(home, 'linked')
    writeFileSync(real, 'Host a\n', { mode: 0o640 })
    chmodSync(real, 0o640)
    symlinkSync(real, link)
    expect(writeBytes(link, withInclude(readBytes(link)))).toBe(true)
    expect(writeBytes(link, withInclude(readBytes(link)))).toBe(false)
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(statSync(real).mode & 0o777).toBe(0o640)
    expect(readFileSync(real, 'utf8')).toContain('Host a\n')
  })

  test('a new file is the owner’s alone', () => {
    const file = join(home, 'fresh', 'config')
    expect(writeBytes(file, 'x')).toBe(true)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(join(home, 'fresh')).mode & 0o777).toBe(0o700)
  })

  test('the backup is of the first time', () => {
    const file = join(home, 'mine')
    const backup = join(home, 'backups', 'mine')
    writeFileSync(file, 'first')
    backUpOnce(file, backup)
    writeFileSync(file, 'second')
    backUpOnce(file, backup)
    expect(readBytes(backup)).toBe('first')
  })
})

describe('host keys', () => {
  const key = execFileSync('bash', [
    '-c',
    `ssh-keygen -q -t ed25519 -N '' -C 'root@box' -f "$0" && cat "$0.pub"`,
    join(home, 'host-key'),
  ]).toString()

  test('are taken from what the machine prints, and nothing else is', () => {
    const keys = parseHostKeys(`motd: welcome\n${key}ssh-dss AAAA old\nssh-ed25519 not!base64\n`)
    expect(keys).toEqual([{ type: 'ssh-ed25519', key: key.split(' ')[1] }])
  })

  test('ssh finds them under the id of the machine, and under no other', () => {
    const keys = parseHostKeys(key)
    const file = join(home, 'known')
    writeFileSync(file, renderKnownHosts('i-0a', keys))
    const find = (name: string) => spawnSync('ssh-keygen', ['-F', name, '-f', file], { encoding: 'utf8' })
    expect(find('i-0a').stdout).toContain(keys[0]?.key)
    expect(find('i-0b').status).toBe(1)
    expect(isPinned(readBytes(file), 'i-0a')).toBe(true)
    expect(isPinned(readBytes(file), 'i-0')).toBe(false)
  })
})
