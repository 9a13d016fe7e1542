import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { defaultSettings } from '../../config/settings.ts'
import { planLaptopPlace } from '../../laptop/place.ts'
import { planLaptopAws } from '../../laptop/profiles.ts'
import { parseShell, planStartFile } from '../../laptop/start-file.ts'
import { parseConfigureList } from '../../laptop/verify/configure-list.ts'
import { decideCli } from '../../laptop/verify/decide-cli.ts'
import type { CliFacts, LaptopFacts, Reply } from '../../laptop/verify/facts.ts'
import { findLogins } from '../../laptop/verify/logins.ts'

const aws = planLaptopAws({
  ...defaultSettings(),
  accountId: '111122223333',
  login: { startUrl: 'https://acme.awsapps.com/start', region: 'eu-west-1' },
})
const place = planLaptopPlace('/home/ann')

describe('both ways in which the AWS CLI lists a profile are understood', () => {
  const columns = `      Name                    Value             Type    Location
      ----                    -----             ----    --------
   profile            kiro-readonly              env    ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE']
access_key     ****************MPLE         iam-role
    region                <not set>             None    None
`
  const colons = `NAME       : VALUE                    : TYPE             : LOCATION
profile    : <not set>                : None             : None
access_key : ****************MPLE     : custom-process   :
region     : <not set>                : None             : None
`
  const nothing = 'access_key                <not set>             None    None\n'
  test.each([
    ['columns', columns, { profile: 'kiro-readonly', source: 'iam-role' }],
    ['colons', colons, { profile: undefined, source: 'custom-process' }],
    ['nothing set', nothing, { profile: undefined, source: undefined }],
    ['no answer', '', { profile: undefined, source: undefined }],
  ])('%s', (_name, output, listed) => expect(parseConfigureList(output)).toEqual(listed))
})

test('an AWS CLI that does not answer is a finding, not a pass', () => {
  const nothing: Reply = { exitCode: 1, stdout: '', stderr: '' }
  const fine: Reply = { exitCode: 0, stdout: 'profile kiro-readonly env X\n', stderr: '' }
  const cli: CliFacts = {
    version: 'aws-cli/2.9.19',
    profiles: ['kiro-readonly', 'kiro-dev-write'],
    asStarted: fine,
    withoutProfile: fine,
    byProfile: new Map([['prod-admin', nothing]]),
  }
  const facts = { aws, place, cli, environment: {} } as unknown as LaptopFacts
  expect(decideCli(facts).filter(({ verdict }) => verdict !== 'fine')).toEqual([
    expect.objectContaining({
      verdict: 'wrong',
      says: 'did not answer, so this is not known: with --profile prod-admin',
    }),
  ])
})

test('keys that the AWS CLI caches for our own profiles are Kiro’s, those of any other role are not', () => {
  // As botocore names the file: sorted keys, no white space.
  const key = (roleName: string) =>
    `{"accountId":"111122223333","roleName":"${roleName}","sessionName":"kiro"}`
  const file = (roleName: string) => ({
    folder: 'cli/cache' as const,
    name: `${createHash('sha1').update(key(roleName)).digest('hex')}.json`,
    text: JSON.stringify({ ProviderType: 'sso', Credentials: { Expiration: '2026-11-28T16:00:00Z' } }),
  })
  const now = Date.parse('2026-11-28T15:00:00Z')
  const found = findLogins([file('KiroReadOnly'), file('AdministratorAccess')], aws, now)
  expect(found.map(({ whose }) => whose)).toEqual(['kiro', 'other'])
  expect(findLogins([file('AdministratorAccess')], aws, now + 2 * 3_600_000)).toEqual([])
})

describe('the start file is the one that the shell of a new terminal reads', () => {
  const facts = { platform: 'linux', home: '/home/ann', env: {} } as const
  test.each([
    ['bash', facts, '/home/ann/.bashrc'],
    ['bash', { ...facts, platform: 'darwin' }, '/home/ann/.bash_profile'],
    ['zsh', facts, '/home/ann/.zshrc'],
    ['zsh', { ...facts, env: { ZDOTDIR: '/home/ann/z' } }, '/home/ann/z/.zshrc'],
    ['fish', facts, '/home/ann/.config/fish/config.fish'],
    ['pwsh', facts, '/home/ann/.config/powershell/Microsoft.PowerShell_profile.ps1'],
  ] as const)('%s', (shell, where, path) => expect(planStartFile(shell, where, place).path).toBe(path))

  test('a shell we do not know is named', () => {
    expect(parseShell('/usr/bin/zsh')).toBe('zsh')
    expect(() => parseShell('/bin/tcsh')).toThrow('the shell /bin/tcsh is none we know a start file of')
    expect(() => parseShell(undefined)).toThrow('SHELL does not say')
  })
})
