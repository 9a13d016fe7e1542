import { describe, expect, test } from 'vitest'
import { silentStory } from '../../config/story.ts'
import { type BuildLock, decideLockIsDead, parseBuildLock } from '../../images/build-lock.ts'
import { chooseKiroPackage, parseKiroManifest } from '../../images/kiro-manifest.ts'
import { checkManifest } from '../../images/manifest.ts'
import { renderSbom } from '../../images/sbom.ts'
import { listFailed, parseReport, renderReport } from '../../images/verification.ts'
import { planLaunch, planPlaces } from '../../scripts/image/plan-launch.ts'
import { type Undo, withUndo } from '../../scripts/image/undo.ts'
import { parseStepOutput } from '../../scripts/image/workshop.ts'
import { lock, settings } from './fixture.ts'

const held: BuildLock = {
  ...{ build: 'b1', owner: 'bob@laptop', host: 'laptop', pid: 1, born: '7' },
  deadline: '2026-01-01T10:00:00.000Z',
}
const at = (time: string) => new Date(`2026-01-01T${time}:00.000Z`)

describe('the lock of a build is dead', () => {
  test.each([
    ['while its process lives here', held, { now: at('09:00'), host: 'laptop', ownerIsAlive: true }, false],
    ['when that process is gone', held, { now: at('09:00'), host: 'laptop', ownerIsAlive: false }, true],
    [
      'never before its deadline elsewhere',
      held,
      { now: at('09:00'), host: 'x', ownerIsAlive: false },
      false,
    ],
    ['after its deadline', held, { now: at('11:00'), host: 'x', ownerIsAlive: true }, true],
    [
      'when nobody can read it',
      parseBuildLock('{'),
      { now: at('09:00'), host: 'x', ownerIsAlive: true },
      true,
    ],
  ])('%s', (_name, found, here, dead) => expect(decideLockIsDead(found, here)).toBe(dead))
})

describe('kiro-cli of the vendor', () => {
  const musl = 'aarch64-unknown-linux-musl'
  const pack = (download: string, targetTriple: string, variant: string) => ({
    ...{ download, targetTriple, variant, sha256: 'a'.repeat(64), size: 1, fileType: 'zip' },
  })
  const offer = (...packages: object[]) =>
    parseKiroManifest(JSON.stringify({ version: '2.21.4', packages }), 'https://x/manifest.json')

  test('is the headless musl zip, never the gnu build that Amazon Linux cannot run', () => {
    const manifest = offer(
      pack('2.21.4/kirocli-aarch64-linux.zip', 'aarch64-unknown-linux-gnu', 'headless'),
      pack('2.21.4/full.zip', musl, 'full'),
      pack('2.21.4/kirocli-aarch64-linux-musl.tar.xz', musl, 'headless'),
      pack('2.21.4/kirocli-aarch64-linux-musl.zip', musl, 'headless'),
    )
    expect(chooseKiroPackage(manifest, musl, 'x').download).toBe('2.21.4/kirocli-aarch64-linux-musl.zip')
  })

  test('is refused in a sentence when there is none', () =>
    expect(() => chooseKiroPackage(offer(), musl, 'https://x')).toThrow(
      /no zip for aarch64-unknown-linux-musl/,
    ))

  test('a page instead of a manifest is named', () =>
    expect(() => parseKiroManifest('<html>', 'https://x')).toThrow(/https:\/\/x is not the manifest/))
})

describe('a machine of a build', () => {
  const launch = planLaunch(
    {
      ...{ sdk: { region: 'us-west-2' }, settings, imageId: 'ami-1', rootDevice: '/dev/xvda' },
      network: { vpcId: 'vpc-1', subnetIds: ['s-1'], securityGroupId: 'sg-1', builderGroupId: 'sg-2' },
      ...{
        rootVolumeGiB: 20,
        build: 'b1',
        purpose: 'builder',
        digest: 'd',
        deadline: new Date('2099-01-01'),
      },
      userData: '#!/bin/bash\n# @inject: minutes\n',
    },
    { type: 't4g.medium', subnetId: 's-1' },
  )

  test('has no key and no public address, asks for tokens, and is gone when powered off', () => {
    expect(launch).not.toHaveProperty('KeyName')
    expect(launch).toMatchObject({
      InstanceInitiatedShutdownBehavior: 'terminate',
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      NetworkInterfaces: [{ AssociatePublicIpAddress: false, Groups: ['sg-2'] }],
      BlockDeviceMappings: [{ Ebs: { Encrypted: true, VolumeType: 'gp3', DeleteOnTermination: true } }],
    })
  })

  test('carries its build and deadline on itself and on its disk', () => {
    const kinds = launch.TagSpecifications?.map(({ ResourceType }) => ResourceType)
    expect(kinds).toEqual(['instance', 'volume'])
    for (const { Tags } of launch.TagSpecifications ?? [])
      expect(Tags).toEqual(
        expect.arrayContaining([
          { Key: 'kiro:build', Value: 'b1' },
          { Key: 'kiro:component', Value: 'image-builder' },
          { Key: 'kiro:deadline', Value: '2099-01-01T00:00:00.000Z' },
        ]),
      )
  })

  test('tries a type everywhere before the next type', () =>
    expect(planPlaces(['a', 'b'], ['1', '2']).map(({ type, subnetId }) => type + subnetId)).toEqual([
      'a1',
      'a2',
      'b1',
      'b2',
    ]))
})

describe('what was acquired', () => {
  const record = (undo: Undo, done: string[], name: string, keepable = false) =>
    undo.add(name, async () => void done.push(name), keepable)

  test('is given back last first, also when one of them cannot be, and what stays is not', async () => {
    const done: string[] = []
    await expect(
      withUndo(silentStory, false, async (undo) => {
        record(undo, done, 'lock')
        undo.add('stuck', () => Promise.reject(new Error('no')))
        const keep = record(undo, done, 'image')
        record(undo, done, 'machine', true)
        keep()
        throw new Error('a step failed')
      }),
    ).rejects.toThrow('a step failed')
    expect(done).toEqual(['machine', 'lock'])
  })

  test('a machine is left for a look only when asked and only after a failure', async () => {
    const done: string[] = []
    await withUndo(silentStory, true, async (undo) => record(undo, done, 'fine', true))
    const failing = withUndo(silentStory, true, async (undo) => {
      record(undo, done, 'left', true)
      throw new Error('x')
    })
    await expect(failing).rejects.toThrow('x')
    expect(done).toEqual(['fine'])
  })
})

test('the output of a step is its number of lines, then the last of them', () => {
  expect(parseStepOutput('2\none\ntwo\n')).toEqual({ total: 2, lines: ['one', 'two'] })
  expect(parseStepOutput('0\n')).toEqual({ total: 0, lines: [] })
})

describe('a verification', () => {
  const report = parseReport(
    '{"checks":[{"name":"a","ok":true},{"name":"b","ok":false,"detail":"why"}],"notChecked":[{"name":"swap","reason":"container"}]}',
  )
  test('names what failed last', () => {
    expect(listFailed(report).map(({ name }) => name)).toEqual(['b'])
    expect(renderReport(report)).toBe('ok   a\n-    swap  not checked: container\nFAIL b     why')
  })
  test.each(['', '{}', '{"checks":[]}', 'Segmentation fault'])('"%s" is no pass', (text) =>
    expect(() => parseReport(text)).toThrow(/did not say what it found/),
  )
  test('packages that differ from the lock and another digest fail it', () => {
    const manifest = {
      digest: 'other',
      releasever: lock.releasever,
      packages: lock.packages.slice(1),
      files: [],
    }
    const failed = checkManifest(manifest, lock, 'd').filter(({ ok }) => !ok)
    expect(failed.map(({ detail }) => detail)).toEqual(['it says other', `missing: ${lock.packages[0]}`])
  })
})

test('the SBOM is CycloneDX with a package URL for each package, the same text each time', () => {
  const input = {
    packages: ['git-1:2.4-1.amzn2023.aarch64'],
    lock,
    name: 'n',
    digest: 'd',
    standIn: undefined,
  }
  const text = renderSbom(input)
  expect(renderSbom(input)).toBe(text)
  const { bomFormat, specVersion, components } = JSON.parse(text) as {
    bomFormat: string
    specVersion: string
    components: { name: string; purl: string; hashes?: { content: string }[] }[]
  }
  expect([bomFormat, specVersion]).toEqual(['CycloneDX', '1.6'])
  expect(components.map(({ name }) => name).sort()).toEqual(['aws-cli', 'git', 'kiro-cli'])
  expect(components.find(({ name }) => name === 'git')?.purl).toBe(
    'pkg:rpm/amzn/git@2.4-1.amzn2023?arch=aarch64&distro=amzn-2023&epoch=1',
  )
  expect(components.find(({ name }) => name === 'kiro-cli')?.hashes?.[0]?.content).toBe(lock.kiroCli.sha256)
})
