import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { planPaths } from '../../config/paths.ts'
import { silentStory } from '../../config/story.ts'
import { UserError } from '../../config/user-error.ts'
import { runChecks } from '../../scripts/doctor/check.ts'
import { decideDisk, findDisk } from '../../scripts/doctor/disk.ts'
import { decideLocal, findLocalFacts } from '../../scripts/doctor/local-target.ts'
import { decidePackages, findPackages, parsePackages } from '../../scripts/doctor/packages.ts'
import { decideSso, findSsoLogin } from '../../scripts/doctor/sso.ts'
import { decideTool, findToolFacts } from '../../scripts/doctor/tools.ts'
import { openPlace } from '../../scripts/setup/ensure.ts'
import { root } from '../e2e/cli.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kiro-doctor-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('looks are apart from each other', () => {
  const look = (name: string, work: () => Promise<never>) => ({ group: 'g', name, look: work })
  const good = {
    ...{ group: 'g', name: 'good' },
    look: async () => [{ what: 'good', verdict: 'fine', says: '' } as const],
  }

  test('one that throws is a finding, and the others are told all the same', async () => {
    const bug = look('bug', () => Promise.reject(new TypeError('x is not a function')))
    const known = look('known', () => Promise.reject(new UserError('no entry', { hint: 'knock' })))
    const found = (await runChecks([bug, good, known], 5)).flatMap(({ findings }) => findings)
    expect(found).toEqual([
      expect.objectContaining({ what: 'bug', verdict: 'wrong', says: expect.stringContaining('x is not') }),
      { what: 'good', verdict: 'fine', says: '' },
      { what: 'known', verdict: 'wrong', says: 'no entry', fix: 'knock' },
    ])
  })

  test('one that never answers is a finding after its time', async () => {
    const [looked] = await runChecks([look('deaf', () => new Promise<never>(() => {}))], 0.05)
    expect(looked?.findings).toMatchObject([{ verdict: 'wrong', says: 'no answer within 0.05 s' }])
  })
})

describe('npm packages', () => {
  test('those of this checkout are as the lock has them', async () => {
    expect(decidePackages(...(await findPackages(root)))).toMatchObject({ verdict: 'fine' })
  })

  test('one of another version is named with both, and none at all says npm ci', async () => {
    cpSync(join(root, 'package-lock.json'), join(folder, 'package-lock.json'))
    expect(decidePackages(...(await findPackages(folder)))).toMatchObject({ verdict: 'wrong', fix: 'npm ci' })
    const [wanted] = await findPackages(folder)
    const stale = { ...wanted, 'node_modules/zod': { version: '4.0.0' } }
    mkdirSync(join(folder, 'node_modules'))
    const text = JSON.stringify({ packages: stale })
    writeFileSync(join(folder, 'node_modules', '.package-lock.json'), text)
    expect(parsePackages(text)['node_modules/zod']).toEqual({ version: '4.0.0' })
    const { says, verdict } = decidePackages(...(await findPackages(folder)))
    expect(verdict).toBe('wrong')
    expect(says).toMatch(/^zod not as package-lock\.json has them \(4\.0\.0 instead of 4\.\d+\.\d+\)$/)
  })
})

describe('tools', () => {
  test('on a computer without any, each is named with what it is needed for', async () => {
    const env = { PATH: join(folder, 'empty'), HOME: folder }
    const paths = planPaths({ ...process.env, KIRO_SANDBOX_STATE: join(folder, 'state') })
    const place = openPlace({ story: silentStory, interactive: false }, paths, env)
    const findings = (await findToolFacts(place)).map(decideTool)
    const terraform = findings.find(({ what }) => what === 'Terraform')
    expect(terraform?.says).toMatch(/^missing .*needed /)
    expect(terraform?.fix).toBeDefined()
    expect(findings.every(({ verdict, fix }) => verdict === 'fine' || fix !== undefined)).toBe(true)
  })
})

describe('disk', () => {
  test('a full one is a finding', async () => {
    const mount = join(folder, 'small')
    mkdirSync(mount)
    // Only root may mount; others read the free space of a disk that is not small.
    if (process.getuid?.() !== 0) return
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', mount])
    try {
      const { verdict, says, fix } = decideDisk(await findDisk(join(mount, 'not', 'there', 'yet')))
      expect({ verdict, says }).toEqual({
        ...{ verdict: 'wrong' },
        says: expect.stringMatching(/^0\.1 GiB free at .*too little/),
      })
      expect(fix).toContain('KIRO_SANDBOX_STATE')
    } finally {
      execFileSync('umount', [mount])
    }
  })

  test('a disk with room is fine, and one in between is a note', async () => {
    const disk = await findDisk(folder)
    expect(disk.free).toBeGreaterThan(0)
    expect(decideDisk({ path: '/x', free: 20 * 1024 ** 3 }).verdict).toBe('fine')
    expect(decideDisk({ path: '/x', free: 4 * 1024 ** 3 }).verdict).toBe('note')
  })
})

describe('the login of IAM Identity Center', () => {
  const now = new Date('2026-11-28T12:00:00Z')
  const home = () => join(folder, 'home')
  const cache = (session: string, token: object | string) => {
    const name = createHash('sha1').update(session).digest('hex')
    mkdirSync(join(home(), '.aws', 'sso', 'cache'), { recursive: true })
    const text = typeof token === 'string' ? token : JSON.stringify(token)
    writeFileSync(join(home(), '.aws', 'sso', 'cache', `${name}.json`), text)
  }
  const decide = async (profile?: string) =>
    decideSso(
      await findSsoLogin({ HOME: home(), ...(profile === undefined ? {} : { AWS_PROFILE: profile }) }, now),
      now,
    )

  beforeAll(() => {
    mkdirSync(join(home(), '.aws'), { recursive: true })
    writeFileSync(
      join(home(), '.aws', 'config'),
      `[default]
region = us-west-2
[sso-session acme]
sso_start_url = https://acme.awsapps.com/start
[profile reader]
sso_session = acme
[profile writer]
role_arn = arn:aws:iam::111122223333:role/x
source_profile = reader
[profile old-style]
sso_start_url = https://old.awsapps.com/start
`,
    )
  })

  test('a profile without one is none of its business', async () => {
    expect(await decide()).toEqual([])
  })

  test('one that was never begun, has ended, or is broken says how to log in, and shows no token', async () => {
    expect(await decide('reader')).toMatchObject([
      { verdict: 'note', fix: 'aws sso login --profile reader', says: expect.stringContaining('nobody') },
    ])
    cache('acme', { accessToken: 'secret', expiresAt: '2026-11-28T09:00:00Z' })
    expect(await decide('writer')).toMatchObject([
      { says: 'the login to acme expired 3 h ago', fix: 'aws sso login --profile writer' },
    ])
    cache('https://old.awsapps.com/start', 'secret that is no JSON')
    const [broken] = await decide('old-style')
    expect(broken?.verdict).toBe('note')
    expect(JSON.stringify(broken)).not.toContain('secret')
  })

  test('one that lasts, or is renewed by itself, is fine', async () => {
    cache('acme', { accessToken: 'secret', expiresAt: '2026-11-28T15:00:00Z' })
    expect(await decide('reader')).toMatchObject([{ verdict: 'fine', says: 'acme for another 3 h' }])
    const renewable = { refreshToken: 'r', registrationExpiresAt: '2027-01-01T00:00:00Z' }
    cache('acme', { accessToken: 's', expiresAt: '2026-11-28T09:00:00Z', ...renewable })
    expect(await decide('reader')).toMatchObject([{ verdict: 'fine' }])
  })
})

describe('the local target', () => {
  const paths = () =>
    planPaths({ ...process.env, KIRO_SANDBOX_STATE: join(folder, 'with-local'), KIRO_SANDBOX_ROOT: root })
  const decide = async () => decideLocal(await findLocalFacts(paths()))

  test('one that never ran is a note', async () => {
    expect(await decide()).toMatchObject({ verdict: 'note', fix: 'npm run local:up' })
  })

  test('one whose books could not be read says how to go on', async () => {
    mkdirSync(paths().local, { recursive: true })
    writeFileSync(join(paths().local, 'refused.json'), '{"error":"corrupt","detail":"x"}')
    expect(await decide()).toMatchObject({ verdict: 'wrong', fix: expect.stringContaining('local:reset') })
    rmSync(join(paths().local, 'refused.json'))
  })
})
