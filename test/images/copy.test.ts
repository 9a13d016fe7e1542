import { hostname } from 'node:os'
import { join } from 'node:path'
import { DescribeImagesCommand, DescribeSnapshotsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { names, tag } from '../../config/names.ts'
import { setFaults } from '../../local/control/set-faults.ts'
import type { Fault } from '../../local/gateway/faults.ts'
import { readAliases } from '../../scripts/image/alias.ts'
import { type ClientConfig, openSession, type Session } from '../e2e/cli.ts'
import { accountId, manifest, put, register } from './fleet-fixture.ts'

const minutes = 60_000
const elsewhere = 'eu-west-1'
const digest = 'a'.repeat(64)
const payload = 'e'.repeat(64)

let session: Session
let here: ClientConfig
let there: ClientConfig
let golden: Awaited<ReturnType<typeof register>>

const copy = (...more: string[]) => session.run('image:copy', '--region', elsewhere, ...more)

const fault = (...faults: Fault[]) => setFaults(join(session.state, 'local'), faults)

const throttle = (times?: number): Fault => ({
  ...{ call: 'ec2/CopyImage', status: 503, code: 'RequestLimitExceeded', message: 'Request limit exceeded.' },
  ...(times === undefined ? {} : { times }),
})

const imagesThere = async () => {
  const { Images = [] } = await new EC2Client(there).send(new DescribeImagesCommand({ Owners: ['self'] }))
  return Images
}

const keysThere = async (): Promise<string[]> => {
  const Bucket = names.stateBucket(accountId, elsewhere)
  const { Contents = [] } = await new S3Client(there).send(new ListObjectsV2Command({ Bucket }))
  return Contents.map(({ Key = '' }) => Key)
}

const putRecords = async () => {
  const key = (file: string) => names.imageRecordKey(digest, file)
  await put(here, key('manifest.json'), manifest(digest))
  for (const file of ['lock.json', 'sbom.cdx.json']) await put(here, key(file), { file })
  await put(here, key('verification.json'), { imageId: golden.imageId, payload, verified: true, checks: [] })
  await put(here, names.artifactKey(payload), 'the payload')
}

beforeAll(async () => {
  session = openSession({ local: { machines: 'off' } })
  here = await session.sdkConfig()
  there = { ...here, region: elsewhere }
  golden = await register(here, { digest })
}, 2 * minutes)
afterEach(() => fault())
afterAll(() => session.close(), 2 * minutes)

describe.sequential('image:copy', { timeout: 2 * minutes }, () => {
  test('what cannot be copied is refused before anything is made', async () => {
    const raw = await register(here, { digest: 'b'.repeat(64), state: 'unverified' })
    const cases: [string[], number, string][] = [
      [['image:copy'], 2, '--region is missing'],
      [['image:copy', '--region', 'mars'], 2, '"mars" is not a commercial AWS region'],
      [['image:copy', '--region', 'us-west-2'], 2, 'the image is in us-west-2 already'],
      [['image:copy', 'golden', '--region', elsewhere], 2, '"golden" is not the id of an image'],
      [['image:copy', '--region', elsewhere], 1, '/kiro-sandbox/default/image/current is not set'],
      [['image:copy', raw.imageId, '--region', elsewhere], 1, `the image ${raw.imageId} is not verified`],
      [
        ['image:copy', golden.imageId, '--region', elsewhere],
        1,
        `the records of ${golden.imageId} are not in`,
      ],
    ]
    const ended = await Promise.all(cases.map(([[name = '', ...args]]) => session.run(name, ...args)))
    ended.forEach(({ code, stderr }, at) => {
      expect({ code, stderr }).toEqual({
        code: cases[at]?.[1],
        stderr: expect.stringContaining(cases[at]?.[2] ?? ''),
      })
    })
    expect(await imagesThere()).toEqual([])
  })

  test('AWS that goes on throttling is a sentence, and leaves nothing', async () => {
    expect((await session.run('image:promote', golden.imageId)).code).toBe(0)
    await putRecords()
    await fault(throttle())
    const { code, stderr } = await copy(golden.imageId)
    expect(code).toBe(1)
    expect(stderr).toContain(
      `error: AWS throttles calls to copy ${golden.imageId} from us-west-2 to eu-west-1`,
    )
    expect(stderr).toContain('wait a minute')
    expect(await keysThere()).toEqual([])
  })

  test('a copy whose records cannot come along is taken back', async () => {
    const message = 'no more room'
    await fault({ call: 's3/CopyObject', status: 403, code: 'AccessDenied', message })
    const { code, stderr } = await copy(golden.imageId)
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('AWS does not allow you to copy images/'),
    })
    expect(await imagesThere()).toEqual([])
    expect(await keysThere()).toEqual([])
  })

  test('two at once, throttled for a while: one copy, with tags, snapshot, records and alias', async () => {
    await fault(throttle(2))
    const [one, other] = await Promise.all([copy('--promote'), copy('--promote')])
    expect([one.code, other.code]).toEqual([0, 0])
    expect(one.stdout).toBe(other.stdout)
    const [image, ...more] = await imagesThere()
    expect(more).toEqual([])
    expect(`${image?.ImageId}\n`).toBe(one.stdout)
    expect(image).toMatchObject({
      ...{ Name: names.image(digest), Architecture: 'arm64', ImdsSupport: 'v2.0' },
      ...{ SourceImageId: golden.imageId, SourceImageRegion: 'us-west-2' },
      BlockDeviceMappings: [{ Ebs: { Encrypted: true } }],
    })
    const marks = [
      { Key: tag.imageDigest, Value: digest },
      { Key: tag.imageState, Value: 'verified' },
    ]
    expect(image?.Tags).toEqual(expect.arrayContaining(marks))
    const SnapshotIds = [image?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '']
    const { Snapshots = [] } = await new EC2Client(there).send(new DescribeSnapshotsCommand({ SnapshotIds }))
    expect(Snapshots[0]?.Tags).toEqual(expect.arrayContaining(marks))
    expect((await keysThere()).sort()).toEqual(
      [
        names.artifactKey(payload),
        ...['lock.json', 'manifest.json', 'sbom.cdx.json', 'verification.json'].map((file) =>
          names.imageRecordKey(digest, file),
        ),
      ].sort(),
    )
    expect((await readAliases(there, 'default')).current).toMatchObject({ imageId: image?.ImageId })
  })

  test('the record of the copy says what it is a copy of', async () => {
    const [image] = await imagesThere()
    const { Body } = await new S3Client(there).send(
      new GetObjectCommand({
        Bucket: names.stateBucket(accountId, elsewhere),
        Key: names.imageRecordKey(digest, 'verification.json'),
      }),
    )
    expect(JSON.parse((await Body?.transformToString()) ?? '')).toMatchObject({
      ...{ imageId: image?.ImageId, payload, verified: true },
      copiedFrom: { region: 'us-west-2', imageId: golden.imageId },
    })
  })

  test('one that is there is kept', async () => {
    const { code, stdout, stderr } = await copy('--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ copied: false, promoted: false, digest, region: elsewhere })
    expect(stderr).toContain('eu-west-1 has it already')
    expect(await imagesThere()).toHaveLength(1)
  })

  test('what a killed copy left goes with the next one', async () => {
    const other = 'c'.repeat(64)
    const source = await register(here, { digest: other })
    const left = await register(there, { digest: other, state: 'unverified' })
    for (const file of ['manifest.json', 'lock.json', 'sbom.cdx.json'])
      await put(here, names.imageRecordKey(other, file), { file })
    await put(here, names.imageRecordKey(other, 'verification.json'), { imageId: source.imageId, payload })
    const dead = { build: 'b1', owner: 'bob@x', host: hostname(), pid: 2 ** 22 - 1, born: 'x' }
    const lock = { ...dead, deadline: new Date(Date.now() + 3600_000).toISOString() }
    await put(there, names.imageLockKey(other), lock, names.stateBucket(accountId, elsewhere))
    const { code, stderr } = await copy(source.imageId)
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('build b1 of bob@x was cut off'),
    })
    const ids = (await imagesThere()).map(({ ImageId }) => ImageId)
    expect(ids).toHaveLength(2)
    expect(ids).not.toContain(left.imageId)
    expect(await keysThere()).not.toContain(names.imageLockKey(other))
  })
})
