import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { names } from '../../config/names.ts'
import { parseSettings, planSettingsMigration } from '../../config/parse-settings.ts'
import { settingsVersion } from '../../config/settings.ts'
import { parseSandboxSpec } from '../../config/spec.ts'
import { UserError } from '../../config/user-error.ts'
import { decideVersion, type Migration, renderDiff } from '../../config/versions.ts'
import { consult, expectNote, expectWrong } from '../doctor/consult.ts'
import { openSession, type Session } from '../e2e/cli.ts'

const fixture = (name: string): string => join(import.meta.dirname, 'fixtures', `settings-${name}.json`)
const textOf = (name: string): string => readFileSync(fixture(name), 'utf8')

const refusal = (work: () => unknown): UserError => {
  try {
    work()
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('taken')
}

describe('from one version to the next', () => {
  const migrations: Migration[] = [
    { to: 3, migrate: ({ size, ...rest }) => ({ ...rest, disk: { gib: size } }) },
    { to: 2, migrate: ({ kind, ...rest }) => ({ ...rest, type: kind }) },
  ]

  test('each step once, in order, and only those that are still to come', () => {
    const first = { version: 1, kind: 't4g.medium', size: 30 }
    expect(decideVersion(first, 3, 1, migrations)).toEqual({
      ...{ kind: 'older', version: 1 },
      data: { version: 3, type: 't4g.medium', disk: { gib: 30 } },
    })
    expect(decideVersion({ version: 2, type: 'x', size: 30 }, 3, 1, migrations)).toMatchObject({
      data: { version: 3, type: 'x', disk: { gib: 30 } },
    })
  })

  test('one of today stays as it is, one of tomorrow is not touched', () => {
    const today = { version: 3, type: 'x' }
    expect(decideVersion(today, 3, 1, migrations)).toEqual({ kind: 'current', data: today })
    expect(decideVersion({ version: 4 }, 3, 1, migrations)).toEqual({ kind: 'newer', version: 4 })
  })

  test('the difference is told by its paths', () => {
    const before = { version: 1, kind: 'a', keep: [1, 2] }
    const after = { version: 2, type: 'a', keep: [1, 2], disk: { gib: 30 } }
    expect(renderDiff(before, after)).toEqual([
      '- version: 1',
      '+ version: 2',
      '- kind: "a"',
      '+ type: "a"',
      '+ disk.gib: 30',
    ])
  })
})

describe('settings', () => {
  test('a file from before there were versions means what it meant', () => {
    const settings = parseSettings(textOf('unversioned'), 'f')
    expect(settings).toMatchObject({ version: settingsVersion, region: 'eu-west-1' })
    expect(settings.instance).toMatchObject({ type: 'm7g.large', rootVolumeGiB: 50 })
    const plan = planSettingsMigration(textOf('unversioned'), 'f')
    expect(plan).toMatchObject({ from: 0, to: settingsVersion, diff: [`+ version: ${settingsVersion}`] })
    expect(planSettingsMigration(plan?.text ?? '', 'f')).toBeUndefined()
    expect(parseSettings(plan?.text ?? '', 'f')).toEqual(settings)
  })

  test('one of a newer release is refused with both versions, before its unknown settings are', () => {
    const error = refusal(() => parseSettings(textOf('newer'), 'sandbox.config.json'))
    expect(error.message).toBe(
      `sandbox.config.json is of settings version 99; this release knows them up to ${settingsVersion}`,
    )
    expect(error.hint).toContain('git pull')
    expect(error.exitCode).toBe(2)
  })

  test.each(['"1"', '1.5', '-1', 'null'])('version %s is no version', (version) => {
    expect(refusal(() => parseSettings(`{"version":${version}}`, 'f')).message).toMatch(/^f: version is /)
  })
})

test('the spec of a newer release is refused, one that is none is no spec', () => {
  const error = refusal(() => parseSandboxSpec({ version: 7 }, 'sandbox-alice'))
  expect(error.message).toMatch(/^sandbox-alice was made by a newer release \(spec version 7;/)
  expect(parseSandboxSpec(undefined, 'sandbox-alice')).toBeUndefined()
  expect(parseSandboxSpec({ version: 1, user: 'alice' }, 'sandbox-alice')).toBeUndefined()
})

describe.sequential('as a person migrates', { timeout: 60_000 }, () => {
  let session: Session
  let folder: string
  beforeAll(() => {
    session = openSession({ local: { machines: 'off' } })
    folder = mkdtempSync(join(tmpdir(), 'kiro-settings-'))
  })
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
    return session.close()
  }, 60_000)

  test('shown first, written after a yes, done once', async () => {
    const file = join(folder, 'sandbox.config.json')
    copyFileSync(fixture('unversioned'), file)
    const before = readFileSync(file, 'utf8')
    const planned = await session.run('settings:migrate', '--config', file, '--plan')
    expect(planned).toMatchObject({ code: 3, stdout: '+ version: 1\n' })
    const unasked = await session.run('settings:migrate', '--config', file)
    expect(unasked.code).toBe(2)
    expect(unasked.stderr).toContain('add --yes')
    expect(readFileSync(file, 'utf8')).toBe(before)
    expectNote(await consult(session, '--config', file), 'settings', /older release/, /settings:migrate/)

    const done = await session.run('settings:migrate', '--config', file, '--yes', '--json')
    expect(JSON.parse(done.stdout)).toMatchObject({ from: 0, to: 1, diff: ['+ version: 1'], written: true })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ ...JSON.parse(before), version: 1 })
    const again = await session.run('settings:migrate', '--config', file)
    expect(again).toMatchObject({ code: 0, stdout: '' })
    expect(again.stderr).toContain('is as this release has it')
  })

  test('what a newer release left of a run is refused, and a finding of doctor', async () => {
    const s3 = new S3Client({ ...(await session.sdkConfig()), forcePathStyle: true })
    const Bucket = names.stateBucket('111122223333', 'us-west-2')
    const CreateBucketConfiguration = { LocationConstraint: 'us-west-2' } as const
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }))
    const Key = names.recordKey('sandbox-alice')
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: '{"version":2}' }))
    await s3.send(new PutObjectCommand({ Bucket, Key: names.stateKey('sandbox-alice'), Body: '{}' }))
    const words =
      /sandbox-alice was made by a newer release \(record version 2; this one knows them up to 1\)/
    const { code, stderr } = await session.run('sandbox:status', '--user', 'alice')
    expect(stderr).toMatch(words)
    expect(code).toBe(1)
    expectWrong(await consult(session), 'states', words, /git pull/)
  })

  test('a newer file is refused by every command, and a finding of doctor', async () => {
    const { code, stderr } = await session.run('sandbox:list', '--config', fixture('newer'))
    expect(code).toBe(2)
    expect(stderr).toContain('is of settings version 99')
    const consulted = await consult(session, '--config', fixture('newer'))
    expectWrong(consulted, 'settings', /is of settings version 99/, /git pull/)
  })
})
