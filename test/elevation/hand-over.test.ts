import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sealFor } from '../../scripts/elevation/seal.ts'

const program = resolve(import.meta.dirname, '../../userdata/rootfs/usr/local/lib/kiro-sandbox/elevation.py')
let place: string
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'kiro-hand-over-'))
})
afterEach(() => rmSync(place, { recursive: true, force: true }))

/** The program of the sandbox itself, with its own libcrypto. */
const box = (...args: string[]) =>
  spawnSync('python3', ['-I', program, ...args], {
    encoding: 'utf8',
    env: { ...process.env, KIRO_SANDBOX_RUN: place },
  })
const kept = () => join(place, 'elevated.json')
const session = (seconds: number) => ({
  ...{ AccessKeyId: 'ASIAEXAMPLE', SecretAccessKey: 'not/a/real+secret', SessionToken: 'x'.repeat(1500) },
  Expiration: new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z'),
  ...{ by: 'arn:aws:iam::111122223333:user/a', reason: 'JIRA-123 ä', allow: null },
})
const handOver = (seconds: number) => {
  const given = session(seconds)
  const sealed = sealFor(box('begin').stdout.trim(), JSON.stringify(given))
  return { given, sealed, ...box('take', sealed) }
}

describe('a hand-over', () => {
  test('arrives byte for byte, is private, and is what the AWS CLI asks a process for', () => {
    const { given, status, stderr, sealed } = handOver(120)
    expect([status, stderr]).toEqual([0, ''])
    expect(JSON.parse(readFileSync(kept(), 'utf8'))).toEqual(given)
    expect(statSync(kept()).mode & 0o777).toBe(0o600)
    const { by: _by, reason: _reason, allow: _allow, ...credentials } = given
    expect(JSON.parse(box('credentials').stdout)).toEqual({ Version: 1, ...credentials })
    // What travels may be logged.
    for (const secret of [given.SecretAccessKey, given.AccessKeyId])
      expect(
        sealed
          .split('.')
          .map((part) => Buffer.from(part, 'base64').toString('latin1'))
          .join(),
      ).not.toContain(secret)
  })

  test('a key is good for one, and for what was sealed for it alone', () => {
    const { sealed } = handOver(120)
    expect(existsSync(join(place, 'hand-over.key'))).toBe(false)
    expect(box('take', sealed).stderr).toContain('there is no key for a hand-over')
    box('begin')
    const again = box('take', sealed)
    expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('is not for this key')])
  })

  test.each([0, 1])('a changed byte in part %i is noticed', (part) => {
    const sealed = sealFor(box('begin').stdout.trim(), JSON.stringify(session(120))).split('.')
    const bytes = Buffer.from(sealed[part] ?? '', 'base64')
    bytes[bytes.length - 2] = (bytes[bytes.length - 2] ?? 0) ^ 1
    const { status } = box('take', sealed.with(part, bytes.toString('base64')).join('.'))
    expect([status, existsSync(kept())]).toEqual([1, false])
  })

  test('ends by itself, and the file goes with it', async () => {
    // Three programs have to start within that time.
    handOver(10)
    expect(box('credentials').status).toBe(0)
    await expect.poll(() => existsSync(kept())).toBe(false)
    const { status, stdout, stderr } = box('credentials')
    expect([status, stdout, stderr]).toEqual([1, '', expect.stringContaining('npm run sandbox:elevate')])
  })

  test('what has ended is removed at the first look, also when nobody was there to do it', () => {
    writeFileSync(kept(), JSON.stringify(session(-1)))
    expect([box('credentials').status, existsSync(kept())]).toEqual([1, false])
  })

  test('can be dropped, which says until when AWS would take a copy of it', () => {
    const { given } = handOver(120)
    expect([box('drop').stdout, box('drop').stdout]).toEqual([`${given.Expiration}\n`, '\n'])
    expect(box('status').stdout).toBe('{}\n')
  })
})

test.each(['', 'nonsense', Buffer.alloc(44).toString('base64')])('%j is no key to seal for', (key) => {
  expect(() => sealFor(key, 'x')).toThrow('without a key to seal for')
})
