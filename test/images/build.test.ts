import * as ec2 from '@aws-sdk/client-ec2'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { names } from '../../config/names.ts'
import { type Ended, openSession, type Session } from '../e2e/cli.ts'

const minutes = 60_000
const settings = { network: { endpoints: [] }, image: { swapMiB: 512, agentSeconds: 120 } }

let session: Session
let clients: { ec2: ec2.EC2Client; s3: S3Client; ssm: SSMClient }

beforeAll(async () => {
  session = openSession(settings)
  await session.run('local:up', '--yes')
  const config = await session.sdkConfig()
  clients = {
    ec2: new ec2.EC2Client(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    ssm: new SSMClient(config),
  }
}, 5 * minutes)
afterAll(() => session?.close(), 2 * minutes)

/** Machines of builds that cost something now, and what their tags say. */
const listBuilders = async (): Promise<ec2.Instance[]> => {
  const { Reservations = [] } = await clients.ec2.send(
    new ec2.DescribeInstancesCommand({
      Filters: [
        { Name: 'tag:kiro:component', Values: ['image-builder'] },
        { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
      ],
    }),
  )
  return Reservations.flatMap(({ Instances = [] }) => Instances)
}

const listImages = async (): Promise<ec2.Image[]> =>
  (await clients.ec2.send(new ec2.DescribeImagesCommand({ Owners: ['self'] }))).Images ?? []

const read = async (digest: string, file: string): Promise<string> => {
  const { Body } = await clients.s3.send(
    new GetObjectCommand({
      Bucket: names.stateBucket('111122223333', 'us-west-2'),
      Key: names.imageRecordKey(digest, file),
    }),
  )
  return (await Body?.transformToString()) ?? ''
}

/** Ends a command the way a person or a crash does, once it has told something. */
const cutOff = async (signal: NodeJS.Signals, when: string | RegExp, ...args: string[]): Promise<Ended> => {
  const run = session.start('image:build', ...args)
  await run.waitFor(when)
  process.kill(run.pid, signal)
  return run.ended
}

interface Outcome {
  readonly imageId: string
  readonly digest: string
  readonly built: boolean
  readonly published: boolean
}

describe.sequential('from a lock to a sandbox', () => {
  let first: Outcome
  let manifest = ''

  test('Ctrl-C while it provisions removes the machine and the lock', { timeout: 4 * minutes }, async () => {
    const { code, stderr } = await cutOff('SIGINT', '… packages: install packages')
    expect(stderr).toContain('error: interrupted')
    expect(code).toBe(130)
    expect(await listBuilders()).toEqual([])
    expect(await listImages()).toEqual([])
  })

  test('kill -9 leaves a machine that says whose it was and until when', {
    timeout: 4 * minutes,
  }, async () => {
    await cutOff('SIGKILL', '… Fetch the payload')
    const [left, ...more] = await listBuilders()
    expect(more).toEqual([])
    const tags = Object.fromEntries((left?.Tags ?? []).map(({ Key = '', Value }) => [Key, Value]))
    expect(tags['kiro:build']).toMatch(/^\d{14}-[0-9a-f]{6}$/)
    expect(Date.parse(tags['kiro:deadline'] ?? '')).toBeGreaterThan(Date.now())
  })

  test('the next build removes that, bakes, verifies on a fresh machine, publishes and leaves nothing', {
    timeout: 12 * minutes,
  }, async () => {
    const { code, stdout, stderr } = await session.run('image:build', '--json')
    expect(stderr).toMatch(/build \d{14}-[0-9a-f]{6} of .* was cut off; removing what it left/)
    expect(code).toBe(0)
    first = JSON.parse(stdout) as Outcome
    expect(first).toMatchObject({ built: true, published: true })
    expect(await listBuilders()).toEqual([])
    const [image, ...more] = await listImages()
    expect(more).toEqual([])
    expect(image).toMatchObject({ ImageId: first.imageId, Name: names.image(first.digest) })
    expect(image?.Tags).toContainEqual({ Key: 'kiro:image-state', Value: 'verified' })
    expect(image?.BlockDeviceMappings?.[0]?.Ebs).toMatchObject({ Encrypted: true, VolumeType: 'gp3' })
    manifest = await read(first.digest, 'manifest.json')
    expect(JSON.parse(manifest)).toMatchObject({ digest: first.digest })
    expect(JSON.parse(await read(first.digest, 'sbom.cdx.json'))).toMatchObject({ bomFormat: 'CycloneDX' })
  })

  test('the second build has nothing to do', { timeout: minutes }, async () => {
    const { stdout, stderr } = await session.run('image:build')
    expect(stdout).toBe(`${first.imageId}\n`)
    expect(stderr).toContain('is there already')
    expect(stderr).not.toContain('Launch')
  })

  test('sandbox:up boots from the alias', { timeout: 4 * minutes }, async () => {
    const { code, stdout, stderr } = await session.run('sandbox:up', '--user', 'alice', '--json')
    expect(code).toBe(0)
    expect(stderr).not.toContain('Launch a builder')
    const { sandboxes } = JSON.parse(stdout) as { sandboxes: { image: object; agent: string }[] }
    expect(sandboxes[0]?.image).toMatchObject({ id: first.imageId, kind: 'golden' })
    expect(sandboxes[0]?.agent).toBe('online')
  })

  test('the same lock again gives the same manifest; an alias moved meanwhile is not overwritten', {
    timeout: 12 * minutes,
  }, async () => {
    const run = session.start('image:build', '--rebuild', '--json')
    await run.waitFor('Launch a builder')
    const Name = names.imageAlias('default')
    await clients.ssm.send(
      new PutParameterCommand({ Name, Value: first.imageId, Type: 'String', Overwrite: true }),
    )
    const { code, stderr } = await run.ended
    expect(code).toBe(1)
    expect(stderr).toContain('moved by somebody else')
    expect(await read(first.digest, 'manifest.json')).toBe(manifest)
    const verified = (await listImages()).filter(({ Tags = [] }) =>
      Tags.some(({ Key, Value }) => Key === 'kiro:image-state' && Value === 'verified'),
    )
    expect(verified).toHaveLength(2)
    expect(await listBuilders()).toEqual([])
  })
})
