import { describe, expect, test } from 'vitest'
import { parseLock, renderLock } from '../../images/lock.ts'
import { diffLocks, reviewLock } from '../../images/lock-review.ts'
import { planFiles } from '../../images/plan-build.ts'
import { planRecipe } from '../../images/recipe.ts'
import { makeArtifacts } from '../../local/artifacts/artifacts.ts'
import { lock, lockFile, lockText, root, settings, sources } from './fixture.ts'

const ground = {
  recipe: planRecipe(settings),
  files: lock.files,
  region: 'us-west-2',
  kiroCli: undefined,
  awsCli: undefined,
}

describe('the committed lock of the stand-in', () => {
  test('is the text that its content renders to', () => expect(renderLock(lock)).toBe(lockText))

  test('knows every file that lands (npm run image:lock -- --files)', async () => {
    const files = planFiles(await sources, lock, settings)
    expect(reviewLock(lock, { ...ground, files })).toEqual({ stale: [], files: [] })
  })

  test('names archives as the local target makes them', () => {
    const made = new Map(makeArtifacts(root).map(({ name, sha256 }) => [`stand-in:${name}`, sha256]))
    for (const { url, sha256 } of [lock.kiroCli, lock.awsCli]) expect(made.get(url)).toBe(sha256)
  })
})

test('keys in any order render the same text', () => {
  const { files, ...rest } = lock
  const turned = { files: Object.fromEntries(Object.entries(files).reverse()), ...rest }
  expect(renderLock(turned)).toBe(lockText)
})

describe('what is no lock says what is wrong', () => {
  test.each([
    ['not JSON', '{', /not valid JSON/],
    ['an unknown field', { ...lock, extra: 1 }, /extra/],
    ['a package without a version', { ...lock, packages: ['git'] }, /packages.0: .*name-epoch/],
    ['packages in disorder', { ...lock, packages: [...lock.packages].reverse() }, /packages: sorted/],
    ['a short sum', { ...lock, awsCli: { ...lock.awsCli, sha256: 'abc' } }, /awsCli.sha256: .*64 hex/],
    ['plain http', { ...lock, awsCli: { ...lock.awsCli, url: 'http://x/y' } }, /awsCli.url: .*https/],
    ['a release that floats', { ...lock, releasever: 'latest' }, /releasever: .*2023/],
    ['no region', { ...lock, baseImages: {} }, /baseImages: at least one/],
  ])('%s', (_name, data, message) =>
    expect(() => parseLock(typeof data === 'string' ? data : JSON.stringify(data), lockFile)).toThrowError(
      message,
    ),
  )
})

describe('a lock is stale when', () => {
  test.each([
    ['the region is not in it', { region: 'eu-west-1' }, 'it has no base image for eu-west-1'],
    [
      'the settings want another package',
      { recipe: { ...ground.recipe, packages: ['jq'] } },
      'the package jq is not in it',
    ],
    ['another kiro-cli', { kiroCli: '9.9.9' }, 'its kiro-cli is 2.21.4, the settings want 9.9.9'],
    [
      'another kernel',
      { recipe: { ...ground.recipe, kernel: '6.18' } },
      'its kernel is 6.1, the settings want 6.18',
    ],
  ])('%s', (_name, change, finding) =>
    expect(reviewLock(lock, { ...ground, ...change }).stale).toEqual([finding]),
  )

  test('a file is new, changed or gone', () => {
    const { 'provision/lib.sh': _gone, ...files } = lock.files
    const now = { ...files, 'provision/verify.sh': '0'.repeat(64), 'rootfs/etc/new': '1'.repeat(64) }
    expect([...reviewLock(lock, { ...ground, files: now }).files].sort()).toEqual([
      'provision/lib.sh is gone',
      'provision/verify.sh has changed',
      'rootfs/etc/new is new',
    ])
  })
})

test('a diff of locks has one line for each thing that differs', () => {
  const [first = '', ...rest] = lock.packages
  const after = {
    ...lock,
    packages: [...rest, 'zlib-0:1.3-1.x86_64'].sort(),
    awsCli: { ...lock.awsCli, version: '2.9.20' },
  }
  const lines = diffLocks(lock, after)
  expect(lines).toHaveLength(3)
  expect(lines).toContain('+ package zlib 0:1.3-1.x86_64')
  expect(lines.filter((line) => line.startsWith('- package git ') && first.startsWith('git-'))).toHaveLength(
    1,
  )
  expect(lines.filter((line) => /^~ AWS CLI 2\.9\.19 .* -> 2\.9\.20 /.test(line))).toHaveLength(1)
  expect(diffLocks(lock, lock)).toEqual([])
})
