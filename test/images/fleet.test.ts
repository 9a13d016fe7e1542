import { describe, expect, test } from 'vitest'
import { parseCount, parseDuration } from '../../config/duration.ts'
import {
  type Aliases,
  checkPromotable,
  decideMove,
  decideRollback,
  describeChange,
} from '../../images/alias.ts'
import { chooseDigest } from '../../images/choose-image.ts'
import { diffImages, renderDiff } from '../../images/diff.ts'
import { parseManifest } from '../../images/manifest.ts'
import type { OurImage } from '../../images/our-image.ts'
import { decidePrune, listForgotten, type PruneGround } from '../../images/prune.ts'
import { compareNevra, parseNevra } from '../../images/rpm-version.ts'

const now = new Date('2026-05-10T12:00:00Z')
const daysAgo = (days: number): string => new Date(now.getTime() - days * 24 * 3600_000).toISOString()

const image = (imageId: string, more: Partial<OurImage> = {}): OurImage => ({
  imageId,
  name: 'kiro-sandbox-aaaaaaaaaaaa',
  ownerId: '111122223333',
  digest: 'a'.repeat(64),
  verified: true,
  build: undefined,
  state: 'available',
  architecture: 'arm64',
  createdAt: daysAgo(10),
  deprecatedAt: undefined,
  snapshotIds: ['snap-1'],
  sizeGiB: 20,
  encrypted: true,
  rootDevice: '/dev/xvda',
  ...more,
})

const aliases = (current?: string, previous?: string, version = 1): Aliases => {
  const value = (imageId: string | undefined) =>
    imageId === undefined ? undefined : { imageId, version, changedAt: undefined }
  return { environment: 'default', current: value(current), previous: value(previous) }
}

describe('moving an alias', () => {
  const steps = (from: Aliases, to: string) =>
    decideMove(from, to).map(({ alias, imageId }) => `${alias}=${imageId}`)
  test.each([
    ['the first image', aliases(), 'A', ['current=A']],
    ['a new one keeps the old one first', aliases('A', 'Z'), 'B', ['previous=A', 'current=B']],
    ['back swaps, and loses nothing half way', aliases('B', 'A'), 'A', ['current=A', 'previous=B']],
    ['where it is already', aliases('A', 'Z'), 'A', []],
  ])('%s', (_name, from, to, expected) => expect(steps(from, to)).toEqual(expected))

  test.each([
    ['nothing happened', aliases('A', 'B'), undefined],
    ['another image', aliases('C', 'B'), 'it was A, now it is C'],
    ['deleted', aliases(undefined, 'B'), 'it was A, now it is nothing'],
    ['there and back', aliases('A', 'B', 3), 'it was A, now it is A'],
  ])('seen from two readings: %s', (_name, later, expected) => {
    const change = describeChange(aliases('A', 'B'), later)
    if (expected === undefined) expect(change).toBeUndefined()
    else expect(change).toContain(expected)
  })

  test.each([
    [aliases(), 'no current image'],
    [aliases('A'), 'no previous image'],
    [aliases('A', 'A'), 'no way back'],
  ])('no rollback: %j', (from, message) => expect(() => decideRollback(from)).toThrow(message))

  test('a rollback goes to previous', () => expect(decideRollback(aliases('B', 'A'))).toBe('A'))
})

describe('what must not be promoted', () => {
  const here = { accountId: '111122223333', region: 'us-west-2' }
  test.each([
    [undefined, 'the image ami-1 does not exist in us-west-2'],
    [image('ami-1', { ownerId: '999988887777' }), 'belongs to the account 999988887777'],
    [image('ami-1', { digest: '' }), 'was not made by image:build'],
    [image('ami-1', { architecture: 'x86_64' }), 'is for x86_64, sandboxes are arm64'],
    [image('ami-1', { state: 'pending' }), 'is pending, not available'],
    [image('ami-1', { verified: false }), 'is not verified'],
  ])('%#: %s', (found, message) => expect(() => checkPromotable('ami-1', found, here)).toThrow(message))

  test('an unverified one says how one that is comes about', () =>
    expect(() => checkPromotable('ami-1', image('ami-1', { verified: false }), here)).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/image:build/) }),
    ))

  test('a sound one passes', () =>
    expect(checkPromotable('ami-1', image('ami-1'), here).imageId).toBe('ami-1'))
})

describe('what prune does with one image', () => {
  const ground = (more: Partial<PruneGround>): PruneGround => ({
    ...{ images: [], aliases: [], uses: [], running: new Set<string>(), keep: 0 },
    ...{ grace: 7 * 24 * 3600_000, now },
    ...more,
  })
  const one = image('ami-1')
  const raw = (days: number, build?: string) =>
    image('ami-1', { verified: false, createdAt: daysAgo(days), build })
  const alias = (environment: string, name: 'current' | 'previous') => [
    { environment, alias: name, imageId: 'ami-1' },
  ]
  test.each<[string, OurImage, Partial<PruneGround>, string, string]>([
    ['surplus', one, {}, 'deprecate', 'not among the newest 0'],
    ['surplus without grace', one, { grace: 0 }, 'delete', 'not among'],
    ['deprecated lately', image('ami-1', { deprecatedAt: daysAgo(3) }), {}, 'wait', 'goes in 4 d'],
    ['deprecated long ago', image('ami-1', { deprecatedAt: daysAgo(8) }), {}, 'delete', 'deprecated 8 d ago'],
    ['among the newest', one, { keep: 1 }, 'keep', 'one of the newest 1'],
    ['current', one, { aliases: alias('default', 'current') }, 'keep', 'current of default'],
    ['previous elsewhere', one, { aliases: alias('prod', 'previous') }, 'keep', 'previous of prod'],
    [
      'a stopped sandbox',
      one,
      { uses: [{ instanceId: 'i-1', imageId: 'ami-1', user: 'alice' }] },
      'keep',
      'runs alice',
    ],
    ['unverified, new', raw(0.5), { keep: 5 }, 'keep', 'younger than a day'],
    ['unverified, old', raw(2), { keep: 5 }, 'delete', 'never verified'],
    ['unverified, being built', raw(2, 'b1'), { running: new Set(['b1']) }, 'keep', 'build b1 is at it'],
  ])('%s', (_name, only, more, action, why) => {
    const [row] = decidePrune(ground({ images: [only], ...more }))
    expect(row).toMatchObject({ action, why: expect.stringContaining(why) })
  })

  test('the newest count by age, and only verified ones', () => {
    const images = [
      image('ami-old', { createdAt: daysAgo(9) }),
      image('ami-new', { createdAt: daysAgo(1) }),
      image('ami-raw', { createdAt: daysAgo(0.1), verified: false }),
    ]
    const actions = decidePrune(ground({ images, keep: 1 })).map(
      (row) => `${row.image.imageId} ${row.action}`,
    )
    expect(actions).toEqual(['ami-raw keep', 'ami-new keep', 'ami-old deprecate'])
  })

  test('records go with the last image of a digest', () => {
    const images = [image('ami-1'), image('ami-2'), image('ami-3', { digest: 'b'.repeat(64) })]
    expect(listForgotten(images, new Set(['ami-1', 'ami-3']))).toEqual(['b'.repeat(64)])
  })
})

describe('versions of packages, as RPM orders them', () => {
  test.each([
    ['1.0', '1.0', 0],
    ['1.9', '1.10', -1],
    ['1.0', '1.0.1', -1],
    ['1.0~rc1', '1.0', -1],
    ['1.0^git1', '1.0', 1],
    ['1.0^git1', '1.0.1', -1],
    ['1.a', '1.1', -1],
    ['1.05', '1.5', 0],
    ['2.a', '2.b', -1],
    ['20251110', '20251027', 1],
  ])('%s and %s: %i', (a, b, order) => {
    const nevra = (version: string) => parseNevra(`x-0:${version}-1.noarch`)
    const [left, right] = [nevra(a), nevra(b)]
    if (left === undefined || right === undefined) throw new Error('not parsed')
    expect(Math.sign(compareNevra(left, right))).toBe(order)
    expect(Math.sign(compareNevra(right, left))).toBe(order === 0 ? 0 : -order)
  })

  test('an epoch beats every version', () => {
    const [a, b] = [parseNevra('x-1:1-1.noarch'), parseNevra('x-0:9-1.noarch')]
    expect(a !== undefined && b !== undefined && compareNevra(a, b) > 0).toBe(true)
  })
})

const record = (more: object = {}) =>
  parseManifest(
    JSON.stringify({
      ...{
        version: 1,
        digest: 'a'.repeat(64),
        releasever: '2023.9.20251027',
        kiroCli: '2.21.4',
        swapMiB: 512,
      },
      packages: ['git-0:2.39.5-1.x86_64', 'tree-0:2.1.0-1.x86_64', 'kernel-0:6.1.1-1.x86_64'],
      files: [{ path: '/etc/motd', sha256: 'c'.repeat(64), mode: '0644', owner: 'root' }],
      ...more,
    }),
    'manifest.json',
  )

describe('what differs between two images', () => {
  test('nothing, though the digests differ', () =>
    expect(renderDiff(diffImages(record(), record({ digest: 'b'.repeat(64) })))).toBeUndefined())

  test('everything that can', () => {
    const after = record({
      ...{ releasever: '2023.9.20251110', swapMiB: 1024 },
      packages: ['git-0:2.40.0-1.x86_64', 'tmux-0:3.3-1.x86_64', 'kernel-0:6.1.0-1.x86_64'],
      files: [{ path: '/etc/motd', sha256: 'c'.repeat(64), mode: '0600', owner: 'root' }],
    })
    expect(renderDiff(diffImages(record(), after))).toMatchInlineSnapshot(`
      "versions and settings (2)
        ~ releasever 2023.9.20251027 -> 2023.9.20251110
        ~ swapMiB 512 -> 1024
      packages (4)
        ~ git.x86_64 2.39.5-1 -> 2.40.0-1
        ~ kernel.x86_64 6.1.1-1 -> 6.1.0-1  (older)
        + tmux.x86_64 3.3-1
        - tree.x86_64 2.1.0-1
      files (1)
        ~ /etc/motd cccccccccccc 0644 root -> cccccccccccc 0600 root"
    `)
  })

  test('a kernel beside the old one is one change', () => {
    const after = record({
      packages: [...record().packages, 'kernel-0:6.1.2-1.x86_64'],
    })
    expect(diffImages(record(), after).packages).toEqual([
      { what: 'kernel.x86_64', from: '6.1.1-1', to: '6.1.1-1 6.1.2-1', direction: 'newer' },
    ])
  })

  test('a record that is none is named', () =>
    expect(() => parseManifest('{"digest":1}', 'images/x/manifest.json')).toThrow(
      'images/x/manifest.json is no manifest',
    ))
})

describe('naming an image', () => {
  const images = [image('ami-1'), image('ami-2', { digest: `ab${'b'.repeat(62)}` })]
  const choose = (word: string) => chooseDigest(word, images, aliases('ami-2'))
  test.each([
    ['ami-1', 'a'.repeat(64)],
    ['current', `ab${'b'.repeat(62)}`],
    ['aaaaaa', 'a'.repeat(64)],
    ['d'.repeat(64), 'd'.repeat(64)],
  ])('%s', (word, digest) => expect(choose(word)).toBe(digest))
  test.each([
    ['previous', 'default has no previous image'],
    ['ami-9', 'ami-9 is none of the golden images'],
    ['a', '"a" is no image'],
    ['cccccc', 'no golden image has a digest that begins cccccc'],
  ])('%s is refused', (word, message) => expect(() => choose(word)).toThrow(message))
})

describe('numbers as typed', () => {
  test.each([
    ['7d', 7 * 24 * 3600_000],
    ['12h', 12 * 3600_000],
    ['0', 0],
  ])('%s', (text, expected) => expect(parseDuration(text, '--grace')).toBe(expected))
  test.each([['7'], ['-1d'], ['1w'], ['']])('no duration: %j', (text) =>
    expect(() => parseDuration(text, '--grace')).toThrow('is not a duration'),
  )
  test.each([[undefined], ['x'], ['-1'], ['1.5'], ['1000']])('no count: %j', (text) =>
    expect(() => parseCount(text, '--keep')).toThrow('--keep'),
  )
})
