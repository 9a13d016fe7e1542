import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { UserName } from '../../../config/user-name.ts'
import { ownInclude } from '../../../connect/ssh-config/include.ts'
import { findInstalled, install, listAliases, uninstall } from '../../../connect/ssh-config/installation.ts'
import { planSshPlace, type SshPlace } from '../../../connect/ssh-config/place.ts'
import { blockOf } from './fixture.ts'

const alice = 'alice' as UserName
const bob = 'bob' as UserName
const homes: string[] = []
afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true })
})

const openPlace = (config?: string, mode = 0o644): SshPlace => {
  const home = mkdtempSync(join(tmpdir(), 'kiro-ssh-'))
  homes.push(home)
  const place = planSshPlace(home)
  if (config === undefined) return place
  mkdirSync(join(home, '.ssh'))
  writeFileSync(place.userConfig, config, { encoding: 'latin1', mode })
  chmodSync(place.userConfig, mode)
  return place
}
const write = (place: SshPlace, user: UserName, instanceId = 'i-0a') =>
  install(place, user, blockOf(place, user, instanceId), ownInclude)
const remove = (place: SshPlace, user: UserName) => uninstall(place, user, ownInclude)
const bytes = (file: string) => readFileSync(file, 'latin1')
const modeOf = (file: string) => statSync(file).mode & 0o777

test('two sandboxes share one key and one Include; with the last one everything of ours goes', async () => {
  const place = openPlace('Host a\n  User b')
  expect(await write(place, alice)).toEqual([
    ...[place.knownHosts(alice), place.host(alice), place.identity, place.userConfig],
  ])
  const key = bytes(place.identity)
  expect(await write(place, bob)).toEqual([place.knownHosts(bob), place.host(bob)])
  expect([findInstalled(place, alice), findInstalled(place, bob)]).toEqual(['i-0a', 'i-0a'])
  expect(bytes(place.userConfig).split('Include')).toHaveLength(2)
  await remove(place, alice)
  expect([findInstalled(place, alice), findInstalled(place, bob)]).toEqual([undefined, 'i-0a'])
  expect(bytes(place.identity)).toBe(key)
  await remove(place, bob)
  expect(bytes(place.userConfig)).toBe('Host a\n  User b')
  expect(existsSync(place.folder)).toBe(false)
})

test('the same again changes nothing', async () => {
  const place = openPlace('Host a\n')
  await write(place, alice)
  expect(await write(place, alice)).toEqual([])
})

test('another machine under the old name brings its own host key, and the old one is forgotten', async () => {
  const place = openPlace('')
  await write(place, alice, 'i-0a')
  await write(place, alice, 'i-0b')
  expect(findInstalled(place, alice)).toBe('i-0b')
  expect(bytes(place.knownHosts(alice))).not.toContain('i-0a')
})

test('the key is one that ssh takes: ed25519, without a passphrase, the owner’s alone', async () => {
  const place = openPlace()
  await write(place, alice)
  expect(modeOf(place.identity)).toBe(0o600)
  expect(modeOf(place.folder)).toBe(0o700)
  const shown = execFileSync('ssh-keygen', ['-l', '-f', place.publicKey]).toString()
  expect(shown).toMatch(/^256 SHA256:\S+ .*\(ED25519\)\n$/)
  expect(execFileSync('ssh-keygen', ['-y', '-P', '', '-f', place.identity]).toString().split(' ')[1]).toBe(
    bytes(place.publicKey).split(' ')[1],
  )
})

test('a public half that is lost is made again from the private one', async () => {
  const place = openPlace()
  await write(place, alice)
  const before = bytes(place.publicKey)
  rmSync(place.publicKey)
  await write(place, alice)
  expect(bytes(place.publicKey)).toBe(before)
})

describe('the file of a person', () => {
  test.each([0o600, 0o644, 0o400, 0o664])('keeps its permissions (%o)', async (mode) => {
    const place = openPlace('Host a\n', mode)
    await write(place, alice)
    expect(modeOf(place.userConfig)).toBe(mode)
    await remove(place, alice)
    expect([bytes(place.userConfig), modeOf(place.userConfig)]).toEqual(['Host a\n', mode])
  })

  test('that was not there is gone again; what was written into it since stays', async () => {
    const place = openPlace()
    await write(place, alice)
    await remove(place, alice)
    expect(existsSync(place.userConfig)).toBe(false)
    await write(place, alice)
    writeFileSync(place.userConfig, `${bytes(place.userConfig)}Host mine\n`)
    await remove(place, alice)
    expect(bytes(place.userConfig)).toBe('Host mine\n')
  })

  test('that was there and empty is there and empty', async () => {
    const place = openPlace('')
    await write(place, alice)
    await remove(place, alice)
    expect(bytes(place.userConfig)).toBe('')
  })

  test('that changed since keeps its change, and the copy of it stays', async () => {
    const place = openPlace('Host a\n')
    await write(place, alice)
    writeFileSync(place.userConfig, `${bytes(place.userConfig)}Host b\n`)
    await remove(place, alice)
    expect(bytes(place.userConfig)).toBe('Host a\nHost b\n')
    expect(readdirSync(place.folder)).toEqual(['config.before'])
    expect(bytes(place.backup)).toBe('Host a\n')
  })

  test.each(['there', 'not there yet'])('behind a link to a file that is %s stays behind it', async (how) => {
    const place = openPlace()
    const home = join(place.folder, '..', '..')
    const real = join(home, 'dotfiles', 'config')
    mkdirSync(join(home, '.ssh'))
    mkdirSync(join(home, 'dotfiles'))
    if (how === 'there') writeFileSync(real, 'Host a\n')
    symlinkSync('../dotfiles/config', place.userConfig)
    await write(place, alice)
    expect(lstatSync(place.userConfig).isSymbolicLink()).toBe(true)
    expect(bytes(real)).toContain('Include')
    await remove(place, alice)
    expect(lstatSync(place.userConfig).isSymbolicLink()).toBe(true)
    if (how === 'there') expect(bytes(real)).toBe('Host a\n')
    else expect(existsSync(real)).toBe(false)
  })

  test('with a line of ours that its owner has put there is not touched', async () => {
    const config = '# by another tool\nInclude kiro-sandbox/*.conf\nHost a\n'
    const place = openPlace(config)
    expect(await write(place, alice)).not.toContain(place.userConfig)
    expect(findInstalled(place, alice)).toBe('i-0a')
    await remove(place, alice)
    expect(bytes(place.userConfig)).toBe(config)
  })

  test('of any bytes comes back as it was', async () => {
    const content = fc
      .uint8Array({ maxLength: 200 })
      .map((array) => Buffer.from(array).toString('latin1'))
      .filter((text) => !/kiro-sandbox/.test(text))
    await fc.assert(
      fc.asyncProperty(content, async (config) => {
        const place = openPlace(config)
        await write(place, alice)
        expect(bytes(place.userConfig).endsWith(config)).toBe(true)
        await remove(place, alice)
        expect(bytes(place.userConfig)).toBe(config)
        expect(readdirSync(join(place.folder, '..'))).toEqual(['config'])
      }),
      { numRuns: 40 },
    )
  })
})

/** An ssh-keygen during whose first look at the key, and only then, other commands remove and make it. */
const disturb = (script: string): void => {
  const folder = mkdtempSync(join(tmpdir(), 'kiro-keygen-'))
  homes.push(folder)
  const real = execFileSync('sh', ['-c', 'command -v ssh-keygen'], { encoding: 'utf8' }).trim()
  const once = `if [ "$1" = -y ] && mkdir '${folder}/once' 2>/dev/null; then key=$3; ${script}; fi`
  const text = `#!/bin/sh\nnew() { rm -f "$key"; '${real}' -q -t ed25519 -N '' -f "$key"; }\n${once}\nexec '${real}' "$@"\n`
  writeFileSync(join(folder, 'ssh-keygen'), text, { mode: 0o755 })
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
}

test.each([
  ['is removed', 'rm "$key"'],
  ['is replaced before it is read', 'new'],
  ['is removed, and made anew once reading it has failed', 'new; exit 255'],
  ['is replaced after it was read', `"$0" "$@"; new >/dev/null; exit 0`],
])('a key that %s by other commands ends as one pair', async (_what, script) => {
  const place = openPlace('Host a\n')
  await write(place, bob)
  disturb(script)
  await write(place, alice)
  vi.unstubAllEnvs()
  const half = (text: string) => text.split(' ')[1]
  const whole = execFileSync('ssh-keygen', ['-y', '-f', place.identity], { encoding: 'utf8' })
  expect(half(bytes(place.publicKey))).toBe(half(whole))
  expect(findInstalled(place, alice)).toBe('i-0a')
})

test('commands at once, some of which remove the last sandbox, end with what the last of each has said', async () => {
  const config = 'Host a\r\n  User b'
  const place = openPlace(config)
  const home = join(place.folder, '..', '..')
  const worker = join(import.meta.dirname, 'worker.ts')
  const run = async (user: string, end: string) => {
    const child = spawn(process.execPath, ['--import', 'tsx', worker, home, user, '25', end], {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    const [code] = await once(child, 'close')
    return code
  }
  const writers = ['alice', 'bob', 'carol'].map((user) => run(user, 'written'))
  const removers = ['dave', 'erin', 'frank'].map((user) => run(user, 'removed'))
  expect(await Promise.all([...writers, ...removers])).toEqual([0, 0, 0, 0, 0, 0])
  expect(listAliases(place).sort()).toEqual(['sandbox-alice', 'sandbox-bob', 'sandbox-carol'])
  for (const user of ['alice', 'bob', 'carol'] as UserName[]) expect(findInstalled(place, user)).toBe('i-0a')
  expect(bytes(place.userConfig).endsWith(config)).toBe(true)
  for (const user of ['alice', 'bob', 'carol'] as UserName[]) await remove(place, user)
  expect(bytes(place.userConfig)).toBe(config)
  expect(existsSync(place.folder)).toBe(false)
}, 120_000)
