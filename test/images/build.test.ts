import { PutParameterCommand } from '@aws-sdk/client-ssm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { names, tag } from '../../config/names.ts'
import { baseIsGone, noRoomFor, promiseBadDays } from './bad-day.ts'
import { BuildRoom, minutes } from './build-room.ts'

let room: BuildRoom

beforeAll(async () => {
  room = await BuildRoom.open()
}, 5 * minutes)
afterEach(() => room.refuse())
afterAll(() => room?.session.close(), 2 * minutes)

interface Outcome {
  readonly imageId: string
  readonly digest: string
  readonly built: boolean
  readonly published: boolean
}

describe.sequential('a build to which AWS says no', () => promiseBadDays(() => room))

describe.sequential('from a lock to a sandbox', () => {
  let first: Outcome
  let manifest = ''

  test.each([
    '… Archives of the lock',
    '… Artefacts to',
    '… Launch a builder',
    '… Boot',
    '… Fetch the payload',
    '… packages: install packages',
    '… seal: take away',
    '… Stop',
    '… Capture',
    '… Launch a verifier',
    '… Verify',
  ])('Ctrl-C at "%s" leaves neither machine nor image nor lock', { timeout: 4 * minutes }, async (when) => {
    const { code, stderr } = await room.cutOff('SIGINT', when)
    expect(stderr).toContain('error: interrupted')
    expect(code).toBe(130)
    await room.expectNothingLeft()
  })

  test('kill -9 leaves a machine that says whose it was and until when', {
    timeout: 4 * minutes,
  }, async () => {
    await room.cutOff('SIGKILL', '… Fetch the payload')
    const [left, ...more] = await room.listBuilders()
    expect(more).toEqual([])
    const tags = Object.fromEntries((left?.Tags ?? []).map(({ Key = '', Value }) => [Key, Value]))
    expect(tags['kiro:build']).toMatch(/^\d{14}-[0-9a-f]{6}$/)
    expect(Date.parse(tags['kiro:deadline'] ?? '')).toBeGreaterThan(Date.now())
  })

  test('the next build removes that, bakes from our copy of a base that is gone, on the second type, once', {
    timeout: 12 * minutes,
  }, async () => {
    await room.refuse(baseIsGone, noRoomFor('t4g.medium'))
    const run = room.session.start('image:build', '--json')
    await run.waitFor('Launch a builder')
    const other = await room.session.run('image:build')
    const { code, stdout, stderr } = await run.ended
    expect(stderr).toMatch(/build \d{14}-[0-9a-f]{6} of .* was cut off; removing what it left/)
    expect(stderr).toMatch(/The base image is ami-\w+, our own copy of/)
    expect(stderr).toMatch(/no t4g\.medium in subnet-\w+ \(InsufficientInstanceCapacity\); trying the next/)
    expect(code).toBe(0)
    first = JSON.parse(stdout) as Outcome
    expect(first).toMatchObject({ built: true, published: true })
    expect(other).toMatchObject({ code: 0, stdout: `${first.imageId}\n` })
    expect(other.stderr).toMatch(/builds this very image \(build \d{14}-\w+\); waiting for it/)
  })

  test('it is verified, encrypted, named and recorded, and nothing else is left', async () => {
    expect(await room.listBuilders()).toEqual([])
    const [image, ...more] = await room.listImages()
    expect(more).toEqual([])
    expect(image).toMatchObject({ ImageId: first.imageId, Name: names.image(first.digest) })
    expect(image?.Tags).toContainEqual({ Key: tag.imageState, Value: 'verified' })
    expect(image?.BlockDeviceMappings?.[0]?.Ebs).toMatchObject({ Encrypted: true, VolumeType: 'gp3' })
    manifest = await room.readRecord(first.digest, 'manifest.json')
    expect(JSON.parse(manifest)).toMatchObject({ digest: first.digest })
    expect(JSON.parse(await room.readRecord(first.digest, 'sbom.cdx.json'))).toMatchObject({
      bomFormat: 'CycloneDX',
    })
  })

  test('the second build has nothing to do', { timeout: 3 * minutes }, async () => {
    const { stdout, stderr } = await room.session.run('image:build')
    expect(stdout).toBe(`${first.imageId}\n`)
    expect(stderr).toContain('is there already')
    expect(stderr).not.toContain('Launch')
  })

  test('sandbox:up boots from the alias', { timeout: 4 * minutes }, async () => {
    const { code, stdout, stderr } = await room.session.run('sandbox:up', '--user', 'alice', '--json')
    expect(code).toBe(0)
    expect(stderr).not.toContain('Launch a builder')
    const { sandboxes } = JSON.parse(stdout) as { sandboxes: { image: object; agent: string }[] }
    expect(sandboxes[0]?.image).toMatchObject({ id: first.imageId, kind: 'golden' })
    expect(sandboxes[0]?.agent).toBe('online')
  })

  test('the same lock again gives the same manifest; an alias moved meanwhile is not overwritten', {
    timeout: 12 * minutes,
  }, async () => {
    const run = room.session.start('image:build', '--rebuild', '--json')
    await run.waitFor('Launch a builder')
    const Name = names.imageAlias('default')
    await room.ssm.send(
      new PutParameterCommand({ Name, Value: first.imageId, Type: 'String', Overwrite: true }),
    )
    const { code, stderr } = await run.ended
    expect(code).toBe(1)
    expect(stderr).toContain('moved by somebody else')
    expect(await room.readRecord(first.digest, 'manifest.json')).toBe(manifest)
    const verified = (await room.listImages()).filter(({ Tags = [] }) =>
      Tags.some(({ Key, Value }) => Key === tag.imageState && Value === 'verified'),
    )
    expect(verified).toHaveLength(2)
    expect(await room.listBuilders()).toEqual([])
  })
})
