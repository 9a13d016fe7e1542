import { describe, expect, test } from 'vitest'
import type { OurImage } from '../../images/our-image.ts'
import { decideSweep, type SweepGround } from '../../images/sweep.ts'

const now = new Date('2026-05-10T12:00:00Z')
const hoursAgo = (hours: number): string => new Date(now.getTime() - hours * 3600_000).toISOString()

const ground = (more: Partial<SweepGround>): SweepGround => ({
  ...{
    region: 'us-west-2',
    now,
    machines: [],
    volumes: [],
    snapshots: [],
    images: [],
    aliases: [],
    uses: [],
  },
  ...{ locks: [], artifacts: [], named: new Set<string>(), sandboxThings: [], users: new Set<string>() },
  ...more,
})

const found = (more: Partial<SweepGround>): string[] =>
  decideSweep(ground(more)).map(({ kind, id, why }) => `${kind} ${id}: ${why}`)

const thing = (deadline: string | undefined, build = 'b1') => ({
  ...{ id: 'x-1', build, deadline, createdAt: hoursAgo(2), type: 't4g.medium', sizeGiB: 20 },
})
const lock = (dead: boolean, build: string | undefined = 'b1') => ({
  ...{ key: 'images/a/build.lock', build, owner: 'bob@host', dead, modifiedAt: hoursAgo(2) },
})
const raw = (hours: number, more: Partial<OurImage> = {}): OurImage => ({
  ...{
    imageId: 'ami-1',
    name: 'n',
    ownerId: '1',
    digest: 'a',
    verified: false,
    build: 'b1',
    state: 'available',
  },
  ...{ architecture: 'arm64', createdAt: hoursAgo(hours), deprecatedAt: undefined },
  ...{ snapshotIds: ['snap-1'], sizeGiB: 20, encrypted: true, rootDevice: '/dev/xvda' },
  ...more,
})
const artifact = (hours: number) => ({ key: 'artifacts/f', size: 1024 ** 3, modifiedAt: hoursAgo(hours) })
const snapshot = (hours: number) => ({ id: 'snap-1', sizeGiB: 20, createdAt: hoursAgo(hours) })
const use = { instanceId: 'x-1', imageId: 'ami-1', user: undefined }
const machine = (user: string) => ({
  ...{ id: 'i-1', kind: 'instance' as const, user, createdAt: hoursAgo(5), type: 't4g.medium' },
})

describe('what is nobody’s', () => {
  test.each<[string, Partial<SweepGround>, string[]]>([
    ['a builder in time', { machines: [thing(hoursAgo(-1))] }, []],
    ['a builder past it', { machines: [thing(hoursAgo(1))] }, ['machine x-1: past its deadline']],
    ['a deadline nobody can read', { machines: [thing('soon')] }, []],
    [
      'a builder in time whose build is dead',
      { machines: [thing(hoursAgo(-1))], locks: [lock(true)] },
      ['machine x-1: build b1 is dead', 'lock images/a/build.lock: build b1 of bob@host is dead'],
    ],
    ['a build under way', { locks: [lock(false)], images: [raw(30)] }, []],
    ['a volume past its deadline', { volumes: [thing(hoursAgo(1))] }, ['volume x-1: past its deadline']],
    ['unverified, new', { images: [raw(3)] }, []],
    ['unverified, old', { images: [raw(30)] }, ['image ami-1: unverified for more than a day']],
    ['verified, old', { images: [raw(30, { verified: true })] }, []],
    ['not ours', { images: [raw(30, { digest: '' })] }, []],
    ['unverified, in use', { images: [raw(30)], uses: [use] }, []],
    [
      'unverified, in use by a machine that goes as well',
      { images: [raw(30)], uses: [use], machines: [thing(hoursAgo(1))] },
      ['machine x-1: past its deadline', 'image ami-1: unverified for more than a day'],
    ],
    [
      'unverified, named by an alias',
      { images: [raw(30)], aliases: [{ environment: 'e', alias: 'current', imageId: 'ami-1' }] },
      [],
    ],
    ['a snapshot without an image', { snapshots: [snapshot(30)] }, ['snapshot snap-1: no image has it']],
    ['a snapshot being made', { snapshots: [snapshot(1)] }, []],
    ['a snapshot of an image', { snapshots: [snapshot(30)], images: [raw(30, { verified: true })] }, []],
    [
      'an old artefact',
      { artifacts: [artifact(800)] },
      ['artifact artifacts/f: no lock names it, older than 30 days'],
    ],
    [
      'an old artefact that a lock names',
      { artifacts: [artifact(800)], named: new Set(['artifacts/f']) },
      [],
    ],
    ['an artefact of last week', { artifacts: [artifact(170)] }, []],
    ['a sandbox', { sandboxThings: [machine('alice')], users: new Set(['alice']) }, []],
    [
      'a sandbox without a state',
      { sandboxThings: [machine('alice')] },
      ['orphan i-1: instance of a sandbox alice that has no state'],
    ],
  ])('%s', (_name, more, expected) => expect(found(more)).toEqual(expected))

  test('prices: known types and regions only', () => {
    const price = (more: Partial<SweepGround>) => decideSweep(ground(more))[0]?.monthly
    expect(price({ machines: [thing(hoursAgo(1))] })).toBeCloseTo(24.53, 1)
    expect(price({ volumes: [thing(hoursAgo(1))] })).toBeCloseTo(1.6, 5)
    expect(price({ volumes: [thing(hoursAgo(1))], region: 'eu-north-1' })).toBeUndefined()
    expect(price({ machines: [{ ...thing(hoursAgo(1)), type: 'x9.large' }] })).toBeUndefined()
  })
})
