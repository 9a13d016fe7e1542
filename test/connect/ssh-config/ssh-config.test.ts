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
import { backUpOnce, readBytes, writeBytes } from '../../../connect/ssh-config/files.ts'
import { hasInclude, withInclude, withoutInclude } from '../../../connect/ssh-config/include.ts'
import { parseHostKeys, withHost, withoutHost } from '../../../connect/ssh-config/known-hosts.ts'
import { planSshPlace } from '../../../connect/ssh-config/place.ts'
import { quoteForProxy, renderHost } from '../../../connect/ssh-config/render-host.ts'

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
  expect(readBySsh(place.host(alice), 'sandbox-bob').get('user')).not.toBe('kiro')
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

describe('files of a person keep every byte', () => {
  const configs: readonly (readonly [string, string])[] = [
    ['empty', ''],
    ['no newline at the end', 'Host a\n  User b'],
    ['CRLF', 'Host a\r\n  User b\r\n'],
    ['mixed line ends', 'Host a\r\n  User b\nHost c\r\n'],
    ['Match block first', 'Match host a exec "true"\n  User b\n'],
    ['includes', 'Include ~/.ssh/work/*\nHost *\n  Compression yes\n'],
    ['tabs and blank lines', '\n\n\tHost\ta\n\n\t\tUser=b\n\n'],
    ['UTF-8', '# größe 漢字\nHost a\n  User b\n'],
    ['latin1', '# gr\xf6\xdfe\nHost a\n'],
    ['byte order mark', '\xef\xbb\xbfHost a\n  User b\n'],
    ['somebody who imitates us', '# kiro-sandbox: end\nHost a\n# kiro-sandbox: begin\n'],
    [
      'every byte but NUL',
      Array.from({ length: 255 }, (_, index) => String.fromCharCode(index + 1)).join(''),
    ],
  ]

  test.each(configs)('%s', (_name, config) => {
    const once = withInclude(config)
    expect(hasInclude(once)).toBe(true)
    expect(withInclude(once)).toBe(once)
    expect(withoutInclude(once)).toBe(config)
    expect(withoutInclude(config)).toBe(config)
  })

  test.each(configs.slice(0, 8))('%s: ssh still reads the rest of it as before', (name, config) => {
    const before = join(home, 'before')
    const after = join(home, 'after')
    writeFileSync(before, config, 'latin1')
    writeFileSync(after, withInclude(config).replace('kiro-sandbox/', `"${place.folder}"/`), 'latin1')
    expect([name, readBySsh(after, 'a')]).toEqual([name, readBySsh(before, 'a')])
  })
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

  test('replace those of the same name and leave the others', () => {
    const keys = parseHostKeys(key)
    const first = withHost('i-b ssh-ed25519 BBBB\n', 'i-a', [{ type: 'ssh-rsa', key: 'OLD' }])
    const second = withHost(first, 'i-a', keys)
    expect(second).toBe(`i-b ssh-ed25519 BBBB\ni-a ssh-ed25519 ${keys[0]?.key}\n`)
    expect(withoutHost(second, 'i-a')).toBe('i-b ssh-ed25519 BBBB\n')
    const file = join(home, 'known')
    writeFileSync(file, second)
    const found = execFileSync('ssh-keygen', ['-F', 'i-a', '-f', file]).toString()
    expect(found).toContain(keys[0]?.key)
  })
})
