import {
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { names, tag } from '../../config/names.ts'
import { type ClientConfig, openSession, type Session } from '../e2e/cli.ts'
import {
  digests,
  keysBelow,
  manifest,
  put,
  type Registered,
  register,
  registerThree,
} from './fleet-fixture.ts'

/** The books without machines: what these commands read and write is the same with them. */
const minutes = 60_000

let session: Session
let sdk: ClientConfig

const listed = async () => {
  const { stdout } = await session.run('image:list', '--json')
  return (JSON.parse(stdout) as { images: { imageId: string; aliases: string[]; users: string[] }[] }).images
}

describe.sequential('a fleet of images', { timeout: 4 * minutes }, () => {
  let a: Registered
  let b: Registered
  let c: Registered

  beforeAll(async () => {
    session = openSession({ local: { machines: 'off' } })
    sdk = await session.sdkConfig()
    ;({ a, b, c } = await registerThree(sdk))
    await session.run('image:promote', a.imageId)
  })
  afterAll(() => session.close(), 4 * minutes)

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
})
