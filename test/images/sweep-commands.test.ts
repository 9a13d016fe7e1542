import { hostname } from 'node:os'
import {
  CopyImageCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { names, tag } from '../../config/names.ts'
import { planPaths } from '../../config/paths.ts'
import { defaultSettings } from '../../config/settings.ts'
import { silentStory } from '../../config/story.ts'
import { planBaseTags } from '../../images/image-tags.ts'
import { StateStore } from '../../scripts/aws/state.ts'
import type { Context } from '../../scripts/sandbox/context.ts'
import { removeFindings } from '../../scripts/sweep/remove.ts'
import { surveySweep } from '../../scripts/sweep/survey.ts'
import type { Target } from '../../scripts/target.ts'
import { type ClientConfig, openSession, type Session } from '../e2e/cli.ts'
import { lock } from './fixture.ts'
import { accountId, keysBelow, put, region, register } from './fleet-fixture.ts'

const minutes = 60_000
const day = 24 * 60 * minutes
const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [string, string, string]

let session: Session
let sdk: ClientConfig
let ec2: EC2Client

beforeAll(async () => {
  session = openSession({ local: { machines: 'off' } })
  sdk = await session.sdkConfig()
  ec2 = new EC2Client(sdk)
}, 2 * minutes)
afterAll(() => session.close(), 2 * minutes)

/** A machine with such tags, from an image of the account. */
const launch = async (ImageId: string, tags: Readonly<Record<string, string>>): Promise<string> => {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ...{ ImageId, InstanceType: 't4g.medium', MinCount: 1, MaxCount: 1 },
      TagSpecifications: [{ ResourceType: 'instance', Tags }],
    }),
  )
  return Instances?.[0]?.InstanceId ?? ''
}

const running = async (): Promise<(string | undefined)[]> => {
  const Filters = [{ Name: 'instance-state-name', Values: ['running'] }]
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }))
  return Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId))
}

const inHours = (hours: number): string => new Date(Date.now() + hours * 60 * minutes).toISOString()

describe.sequential('sandbox:sweep', { timeout: 2 * minutes }, () => {
  let golden = ''

  test('a dead build goes, one under way and sandboxes without a state stay', async () => {
    golden = (await register(sdk, { digest: b })).imageId
    expect((await session.run('image:promote', golden)).code).toBe(0)
    const ofBuild = (build: string, hours: number) =>
      launch(golden, {
        ...{ [tag.component]: 'image-builder', [tag.build]: build, [tag.deadline]: inHours(hours) },
      })
    const [late, killed, alive] = [await ofBuild('b1', -1), await ofBuild('b2', 1), await ofBuild('b3', 1)]
    const stray = await launch(golden, { [tag.owner]: 'alice', [tag.sandbox]: 'alice' })
    const lockOf = (build: string, host: string) => ({
      ...{ build, owner: `bob@${host}`, host, pid: 2 ** 22 - 1, born: 'x', deadline: inHours(1) },
    })
    await put(sdk, names.imageLockKey(c), lockOf('b2', hostname()))
    await put(sdk, names.imageLockKey(b), lockOf('b3', 'elsewhere'))
    const left = await register(sdk, { digest: c, state: 'unverified', tags: { [tag.build]: 'b2' } })
    const planned = await session.run('sandbox:sweep', '--plan', '--json')
    expect(planned.code).toBe(3)
    const { findings } = JSON.parse(planned.stdout) as { findings: { kind: string; id: string }[] }
    const idsOf = (orphans: boolean) =>
      findings.filter(({ kind }) => (kind === 'orphan') === orphans).map(({ id }) => id)
    expect(idsOf(false).sort()).toEqual([late, killed, left.imageId, names.imageLockKey(c)].sort())
    expect(idsOf(true)).toEqual([stray])
    const swept = await session.run('sandbox:sweep', '--yes')
    expect(swept.stderr).toContain('1 orphan only with --orphans')
    expect(swept.stderr).toContain('4 of 4 removed')
    expect(swept.code).toBe(0)
    expect((await running()).sort()).toEqual([alive, stray].sort())
    expect(await keysBelow(sdk, `images/${c}/`)).toEqual([])
    expect(await keysBelow(sdk, names.imageLockKey(b))).toHaveLength(1)
    expect((await session.run('sandbox:sweep')).code).toBe(0)
  })

  test('what nobody names goes by its age; records, locks and archives that they name stay', async () => {
    const target = { accountId, region, sdk } as unknown as Target
    const env = { ...process.env, KIRO_SANDBOX_STATE: session.state }
    const context = {
      ...{ target, paths: planPaths(env), settings: defaultSettings(), store: new StateStore(target) },
      io: { story: silentStory },
    } as unknown as Context
    const keys = ['1', '2', '3'].map((digit) => names.artifactKey(digit.repeat(64)))
    for (const key of keys) await put(sdk, key, 'an archive')
    await put(sdk, names.imageRecordKey(b, 'lock.json'), { kiroCli: { sha256: '1'.repeat(64) } })
    await put(sdk, names.imageRecordKey(b, 'verification.json'), { payload: '2'.repeat(64) })
    const old = await register(sdk, { digest: a, state: 'unverified' })
    const orphan = await register(sdk, { digest: a })
    await ec2.send(new DeregisterImageCommand({ ImageId: orphan.imageId }))
    const stock = lock.baseImages[region]?.id ?? ''
    const [mine, nobodys] = [await copyBase(stock), await copyBase(golden)]
    const find = async (at: Date) => (await surveySweep(context, at)).filter(({ kind }) => kind !== 'orphan')
    expect(await find(new Date())).toEqual([])
    const nextMonth = new Date(Date.now() + 31 * day)
    const findings = (await find(nextMonth)).filter(({ kind }) => kind !== 'machine' && kind !== 'lock')
    const expected = [old.imageId, nobodys, orphan.snapshotId, keys[2] ?? '']
    expect(findings.map(({ id }) => id).sort()).toEqual(expected.sort())
    const removed = await removeFindings(context, findings, nextMonth)
    expect(removed.map(({ id }) => id).sort()).toEqual(expected)
    expect(await keysBelow(sdk, 'artifacts/')).toEqual(keys.slice(0, 2))
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['self'] }))
    expect(Images.map(({ ImageId }) => ImageId).sort()).toEqual([golden, mine].sort())
    const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))
    expect(Snapshots.map(({ SnapshotId }) => SnapshotId)).not.toContain(orphan.snapshotId)
  })
})

/** As image:vendor makes it. */
const copyBase = async (id: string): Promise<string> => {
  const { ImageId = '' } = await ec2.send(
    new CopyImageCommand({
      ...{ SourceImageId: id, SourceRegion: region, Name: names.baseCopy(id) },
      TagSpecifications: [{ ResourceType: 'image', Tags: planBaseTags({ id, name: 'a base image' }) }],
    }),
  )
  return ImageId
}
