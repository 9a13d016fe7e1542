import { hostname } from 'node:os'
import {
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { names, tag } from '../../config/names.ts'
import { moveAlias, readAliases } from '../../scripts/image/alias.ts'
import { ImageStore } from '../../scripts/image/image-store.ts'
import type { Target } from '../../scripts/target.ts'
import { type ClientConfig, openSession, type Session } from '../e2e/cli.ts'
import { accountId, keysBelow, manifest, put, region, register } from './fleet-fixture.ts'

/** The books without machines: what these commands read and write is the same with them. */
const settings = { local: { machines: 'off' } }
const minutes = 60_000

let session: Session
let sdk: ClientConfig

const listed = async () => {
  const { stdout } = await session.run('image:list', '--json')
  return (JSON.parse(stdout) as { images: { imageId: string; aliases: string[]; users: string[] }[] }).images
}

const digests = { a: 'a'.repeat(64), b: 'b'.repeat(64), c: 'c'.repeat(64) }

describe.sequential('a fleet of images', { timeout: 4 * minutes }, () => {
  let a: Awaited<ReturnType<typeof register>>
  let b: Awaited<ReturnType<typeof register>>
  let c: Awaited<ReturnType<typeof register>>

  beforeAll(async () => {
    session = openSession(settings)
    sdk = await session.sdkConfig()
    a = await register(sdk, { digest: digests.a })
    b = await register(sdk, { digest: digests.b })
    c = await register(sdk, { digest: digests.c, state: 'unverified' })
  })
  afterAll(() => session.close(), 4 * minutes)

  test('nothing to roll back to is said before anything is made', async () => {
    const { code, stderr } = await session.run('image:rollback')
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('default has no current image'),
    })
  })

  test('what must not be promoted is refused, and the alias stays away', async () => {
    const wrong = await register(sdk, { digest: digests.a, architecture: 'x86_64' })
    const cases: [string, string][] = [
      [
        c.imageId,
        `error: the image ${c.imageId} is not verified: its build did not come to its end\nhint:  npm run image:build makes one that is`,
      ],
      [wrong.imageId, 'is for x86_64, sandboxes are arm64'],
      ['ami-0123456789abcdef0', 'does not exist in us-west-2'],
    ]
    const ended = await Promise.all(cases.map(([imageId]) => session.run('image:promote', imageId)))
    ended.forEach(({ code, stderr }, at) => {
      expect(code).toBe(1)
      expect(stderr).toContain(cases[at]?.[1])
    })
    expect((await readAliases(sdk, 'default')).current).toBeUndefined()
  })

  test('what is typed wrong is usage', async () => {
    const ended = await Promise.all([
      session.run('image:promote'),
      session.run('image:promote', 'nonsense'),
      session.run('image:prune'),
      session.run('image:prune', '--keep', '2', '--grace', 'soon'),
      session.run('image:diff', 'current'),
    ])
    expect(ended.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2])
  })

  test('promote, promote, roll back: current and previous follow', async () => {
    expect((await session.run('image:promote', a.imageId)).code).toBe(0)
    expect((await session.run('image:promote', b.imageId)).stderr).toContain(
      `current of default: ${a.imageId} -> ${b.imageId}`,
    )
    expect(await readAliases(sdk, 'default')).toMatchObject({
      current: { imageId: b.imageId },
      previous: { imageId: a.imageId },
    })
    expect((await session.run('image:promote', b.imageId)).stderr).toContain('already')
    expect((await session.run('image:rollback')).stdout).toBe(`${a.imageId}\n`)
    expect(await readAliases(sdk, 'default')).toMatchObject({
      current: { imageId: a.imageId },
      previous: { imageId: b.imageId },
    })
  })

  test('two promoters who read the same: one wins, the other is told', async () => {
    const store = new ImageStore({ accountId, region, sdk } as unknown as Target)
    const other = await register(sdk, { digest: digests.b })
    const { signal } = new AbortController()
    const read = await readAliases(sdk, 'default')
    const ended = await Promise.allSettled(
      [b.imageId, other.imageId].map((to) => moveAlias({ sdk, store, read, to, signal })),
    )
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const told = ended.find((one) => one.status === 'rejected')
    expect(String(told?.reason)).toMatch(/was moved by somebody else.*nothing was changed/)
    const winner = ended[0]?.status === 'fulfilled' ? b.imageId : other.imageId
    expect(await readAliases(sdk, 'default')).toMatchObject({
      current: { imageId: winner },
      previous: { imageId: a.imageId },
    })
    expect(await keysBelow(sdk, 'aliases/')).toEqual([])
    await moveAlias({ sdk, store, read: await readAliases(sdk, 'default'), to: a.imageId, signal })
  })

  test('the lock of a promoter who died is taken over', async () => {
    await put(sdk, names.aliasLockKey('default'), {
      id: 'x',
      until: new Date(Date.now() - 1000).toISOString(),
    })
    expect((await session.run('image:promote', b.imageId)).code).toBe(0)
    expect(await keysBelow(sdk, 'aliases/')).toEqual([])
    expect((await session.run('image:rollback')).code).toBe(0)
  })

  test('list shows what names an image, who runs from it and what is in it', async () => {
    await put(sdk, names.imageRecordKey(digests.a, 'manifest.json'), manifest(digests.a))
    await put(
      sdk,
      names.imageRecordKey(digests.b, 'manifest.json'),
      manifest(digests.b, { kiroCli: '2.22.0' }),
    )
    await new EC2Client(sdk).send(
      new RunInstancesCommand({
        ImageId: b.imageId,
        InstanceType: 't4g.medium',
        ...{ MinCount: 1, MaxCount: 1 },
        TagSpecifications: [
          {
            ResourceType: 'instance',
            Tags: [
              { Key: tag.owner, Value: 'alice' },
              { Key: tag.sandbox, Value: 'alice' },
            ],
          },
        ],
      }),
    )
    const images = await listed()
    expect(images.find(({ imageId }) => imageId === a.imageId)).toMatchObject({
      ...{ digest: digests.a, verified: true, sizeGiB: 8, architecture: 'arm64' },
      ...{ aliases: ['current of default'], users: [], releasever: '2023.9.20251027', kiroCli: '2.21.4' },
    })
    expect(images.find(({ imageId }) => imageId === b.imageId)).toMatchObject({ users: ['alice'] })
    const { stdout } = await session.run('image:list')
    expect(stdout).toMatch(new RegExp(`${c.imageId}.* cccccccccccc .*unverified .* -  +-  +-  +-$`, 'm'))
  })

  test('diff: by alias, by id, by digest; nothing is said as nothing', async () => {
    const { code, stdout } = await session.run('image:diff', 'current', b.imageId)
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'versions and settings (1)\n  ~ kiroCli 2.21.4 -> 2.22.0\n',
    })
    expect((await session.run('image:diff', 'aaaaaaaa', a.imageId)).stdout).toContain('no difference')
    expect((await session.run('image:diff', 'current', c.imageId)).stderr).toContain(
      'the state bucket has no record of the image cccccccccccc',
    )
  })

  test('prune deprecates first, removes after the grace, and spares what is used or named', async () => {
    const surplus = await register(sdk, { digest: 'd'.repeat(64) })
    await put(sdk, names.imageRecordKey('d'.repeat(64), 'manifest.json'), manifest('d'.repeat(64)))
    await new SSMClient(sdk).send(
      new PutParameterCommand({ Name: names.imageAlias('prod'), Value: b.imageId, Type: 'String' }),
    )
    const plan = async (...more: string[]) => {
      const { stdout } = await session.run('image:prune', '--keep', '0', '--plan', '--json', ...more)
      const { images } = JSON.parse(stdout) as { images: { imageId: string; action: string }[] }
      return new Map(images.map(({ imageId, action }) => [imageId, action]))
    }
    const planned = await plan()
    expect([a, b, c, surplus].map(({ imageId }) => planned.get(imageId))).toEqual([
      ...['keep', 'keep', 'keep', 'deprecate'],
    ])
    const declined = await session.run('image:prune', '--keep', '0')
    expect(declined.code).toBe(2)
    expect(declined.stderr).toContain('needs a yes')
    expect((await session.run('image:prune', '--keep', '0', '--yes')).code).toBe(0)
    expect((await plan()).get(surplus.imageId)).toBe('wait')
    expect((await session.run('image:prune', '--keep', '0', '--grace', '0', '--yes')).code).toBe(0)
    const ec2 = new EC2Client(sdk)
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['self'] }))
    const left = Images.map(({ ImageId }) => ImageId)
    expect(left).toEqual(expect.arrayContaining([a.imageId, b.imageId, c.imageId]))
    expect(left).not.toContain(surplus.imageId)
    const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))
    expect(Snapshots.map(({ SnapshotId }) => SnapshotId)).not.toContain(surplus.snapshotId)
    expect(await keysBelow(sdk, `images/${'d'.repeat(64)}/`)).toEqual([])
    expect(await keysBelow(sdk, `images/${digests.a}/`)).toHaveLength(1)
  })

  test('sweep: a dead build goes, one under way and sandboxes without a state stay', async () => {
    const ec2 = new EC2Client(sdk)
    const launch = async (build: string, hours: number) => {
      const { Instances } = await ec2.send(
        new RunInstancesCommand({
          ...{ ImageId: b.imageId, InstanceType: 't4g.medium', MinCount: 1, MaxCount: 1 },
          TagSpecifications: [
            {
              ResourceType: 'instance',
              Tags: [
                { Key: tag.component, Value: 'image-builder' },
                { Key: tag.build, Value: build },
                { Key: tag.deadline, Value: new Date(Date.now() + hours * 3600_000).toISOString() },
              ],
            },
          ],
        }),
      )
      return Instances?.[0]?.InstanceId ?? ''
    }
    const [late, killed, alive] = [await launch('b1', -1), await launch('b2', 1), await launch('b3', 1)]
    const lockOf = (build: string, host: string, hours: number) => ({
      ...{ build, owner: `bob@${host}`, host, pid: 2 ** 22 - 1, born: 'x' },
      deadline: new Date(Date.now() + hours * 3600_000).toISOString(),
    })
    await put(sdk, names.imageLockKey(digests.c), lockOf('b2', hostname(), 1))
    await put(sdk, names.imageLockKey(digests.b), lockOf('b3', 'elsewhere', 1))
    const left = await register(sdk, { digest: digests.c, state: 'unverified', tags: { [tag.build]: 'b2' } })
    const planned = await session.run('sandbox:sweep', '--plan', '--json')
    expect(planned.code).toBe(3)
    const { findings } = JSON.parse(planned.stdout) as { findings: { kind: string; id: string }[] }
    expect(
      findings
        .filter(({ kind }) => kind !== 'orphan')
        .map(({ id }) => id)
        .sort(),
    ).toEqual([late, killed, left.imageId, names.imageLockKey(digests.c)].sort())
    expect(findings.filter(({ kind }) => kind === 'orphan')).toHaveLength(1)
    const swept = await session.run('sandbox:sweep', '--yes')
    expect(swept.stderr).toContain('1 orphan only with --orphans')
    expect(swept.stderr).toContain('4 of 4 removed')
    expect(swept.code).toBe(0)
    const { Reservations = [] } = await ec2.send(
      new DescribeInstancesCommand({ Filters: [{ Name: 'instance-state-name', Values: ['running'] }] }),
    )
    const running = Reservations.flatMap(({ Instances = [] }) => Instances).map(
      ({ InstanceId }) => InstanceId,
    )
    expect(running).toContain(alive)
    expect(running).not.toContain(late)
    expect(running).not.toContain(killed)
    expect(await keysBelow(sdk, `images/${digests.c}/`)).toEqual([])
    expect(await keysBelow(sdk, names.imageLockKey(digests.b))).toHaveLength(1)
    expect((await session.run('sandbox:sweep')).code).toBe(0)
  })
})
