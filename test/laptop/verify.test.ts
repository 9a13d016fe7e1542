import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Finding } from '../../config/finding.ts'
import { openTerminal } from '../connect-command/terminal.ts'
import { type Home, openHome, root } from './home.ts'

let home: Home
let server: ChildProcess
let port = ''
beforeAll(async () => {
  home = openHome()
  server = spawn(process.execPath, [join(import.meta.dirname, 'credential-server.mjs')])
  port = await new Promise((done) => server.stdout?.once('data', (text: Buffer) => done(String(text).trim())))
  home.write(
    '.aws/config',
    '[profile prod-admin]\nregion = us-east-1\n[default]\nregion = us-east-1\n',
    0o600,
  )
  home.write('.aws/credentials', '[default]\naws_access_key_id = AKIA0\naws_secret_access_key = s\n', 0o600)
  expect(home.npm('laptop:setup', '--yes').code).toBe(0)
})
afterAll(() => {
  server.kill()
  home.close()
})

/** Findings that are not fine, as `what: sentence`, and the exit code. */
const verify = async (env: NodeJS.ProcessEnv = {}) => {
  const { code, stdout, stderr } = await home.npmLong('laptop:verify', ['--json'], env)
  expect(stderr).not.toContain('error:')
  const { findings } = JSON.parse(stdout) as { findings: Finding[] }
  const wrong = findings.filter(({ verdict }) => verdict === 'wrong')
  // A finding without a way out is half a finding.
  expect(wrong.filter(({ fix }) => fix === undefined)).toEqual([])
  return { code, findings, wrong: wrong.map(({ what, says }) => `${what}: ${says}`) }
}

const editFile = (name: string, change: (text: string) => string) => {
  const file = home.at(name)
  const before = readFileSync(file, 'utf8')
  writeFileSync(file, change(before))
  return () => writeFileSync(file, before)
}
/** Plants something, verifies, and takes it away again. */
const planted = async (plant: () => () => void, env: NodeJS.ProcessEnv = {}) => {
  const undo = plant()
  try {
    return await verify(env)
  } finally {
    undo()
  }
}
const launcher = '.aws/kiro/bin/kiro-aws'
const config = '.aws/kiro/config'
const inLauncher = (line: string) =>
  editFile(launcher, (text) => text.replace('export AWS_EC2_METADATA_DISABLED=true\n', `${line}\n`))

test('no shell that it asks can take the terminal away from whoever sits at it', {
  timeout: 120_000,
}, async () => {
  const undo = editFile('.bashrc', (text) => `(exec </dev/tty) 2>/dev/null && touch ~/took-terminal\n${text}`)
  const launch = join(root, 'scripts', 'launch.mjs')
  const terminal = openTerminal([process.execPath, launch, 'laptop:verify'], home.environment())
  expect(await terminal.ended).toEqual({ code: 0, restored: true })
  expect(terminal.shown()).toContain('✓ Ask the AWS CLI in place of Kiro')
  expect(existsSync(home.at('took-terminal'))).toBe(false)
  undo()
})

test('a laptop as setup leaves it passes, whatever the terminal has for AWS', {
  timeout: 120_000,
}, async () => {
  const { code, wrong, findings } = await verify({
    AWS_PROFILE: 'prod-admin',
    AWS_CONFIG_FILE: home.at('.aws/config'),
    AWS_SHARED_CREDENTIALS_FILE: home.at('.aws/credentials'),
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/`,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${port}/`,
  })
  expect([code, wrong]).toEqual([0, []])
  const fine = findings.filter(({ verdict }) => verdict === 'fine').map(({ what }) => what)
  expect(fine).toEqual(
    expect.arrayContaining([
      ...['files', 'links', 'permissions', 'profiles', 'default', 'credentials'],
      ...['environment', 'shells', 'logins'],
    ]),
  )
})

/** A verification starts the AWS CLI ten times, and shells; under load that takes its time. */
const patience = { timeout: 120_000 }

describe('each leak is found, with its fix and exit code 3', patience, () => {
  test('a profile of somebody else, and a credential_process', async () => {
    const keys = `{"Version":1,"AccessKeyId":"AKIA1","SecretAccessKey":"s"}`
    const { code, wrong } = await planted(() =>
      editFile(config, (text) => `${text}\n[profile prod-admin]\ncredential_process = echo '${keys}'\n`),
    )
    expect(code).toBe(3)
    expect(wrong).toEqual([
      'files: ~/.aws/kiro/config is not what the settings make; it has credential_process',
      'profiles: aws --profile prod-admin works for Kiro',
      'credentials: the AWS CLI finds keys from a credential_process, with --profile prod-admin',
    ])
  })

  test('keys in the credentials file', async () => {
    const { code, wrong } = await planted(() =>
      editFile(
        '.aws/kiro/credentials',
        () => '[default]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n',
      ),
    )
    expect(code).toBe(3)
    expect(wrong).toEqual([
      'files: ~/.aws/kiro/credentials is not empty: keys in it exist for Kiro',
      'profiles: aws --profile default works for Kiro',
      'credentials: the AWS CLI finds keys from the credentials file, without AWS_PROFILE, with --profile default',
    ])
  })

  test('the metadata service', async () => {
    const { code, wrong } = await planted(() =>
      inLauncher(`export AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:${port}/`),
    )
    expect(code).toBe(3)
    expect(wrong).toEqual([
      'files: ~/.aws/kiro/bin/kiro-aws is not what the settings make',
      'credentials: the AWS CLI finds keys from the instance metadata service, without AWS_PROFILE',
      'environment: the launcher does not keep these right: AWS_EC2_METADATA_DISABLED, AWS_EC2_METADATA_SERVICE_ENDPOINT',
    ])
  })

  test('an endpoint for containers, and another profile than the one that reads', async () => {
    const lines = [
      `export AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:${port}/`,
      'export AWS_EC2_METADATA_DISABLED=true AWS_PROFILE=kiro-dev-write',
    ]
    const { code, wrong } = await planted(() => inLauncher(lines.join('\n')))
    expect(code).toBe(3)
    expect(wrong).toEqual([
      'files: ~/.aws/kiro/bin/kiro-aws is not what the settings make',
      'default: Kiro starts with the profile kiro-dev-write, not kiro-readonly',
      'credentials: the AWS CLI finds keys from an endpoint for containers, without AWS_PROFILE',
      'environment: the launcher does not keep these right: AWS_CONTAINER_CREDENTIALS_FULL_URI, AWS_PROFILE',
    ])
  })

  test('keys in the environment', async () => {
    const keys = 'export AWS_EC2_METADATA_DISABLED=true AWS_ACCESS_KEY_ID=AKIA1 AWS_SECRET_ACCESS_KEY=s'
    expect((await planted(() => inLauncher(keys))).wrong).toEqual([
      'files: ~/.aws/kiro/bin/kiro-aws is not what the settings make',
      'credentials: the AWS CLI finds keys from variables of the environment, as Kiro starts, without AWS_PROFILE',
      'environment: the launcher does not keep these right: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY',
    ])
  })

  test('shells that set AWS_* when Kiro runs a command with them', async () => {
    const file = home.write('leak.sh', 'export AWS_CONFIG_FILE=~/.aws/config AWS_ACCESS_KEY_ID=AKIA1\n')
    const { code, wrong } = await planted(() => () => rmSync(file), { BASH_ENV: file })
    const sets = 'which Kiro runs commands with, sets AWS_ACCESS_KEY_ID, AWS_CONFIG_FILE'
    expect(code).toBe(3)
    expect(wrong).toEqual(expect.arrayContaining([`shells: bash -c, ${sets}`, `shells: bash -lc, ${sets}`]))
  })

  test('a profile that login shells set, after whatever they print', async () => {
    const profile = await planted(() => {
      const start = home.write('.bash_profile', 'echo welcome\nexport AWS_PROFILE=prod-admin\n')
      return () => rmSync(start)
    })
    expect(profile.wrong).toEqual(['shells: bash -lc, which Kiro runs commands with, sets AWS_PROFILE'])
  })

  test('logins and keys of others in the caches of the AWS CLI, and none of those that are over or Kiro’s', async () => {
    const later = '2099-01-01T00:00:00Z'
    const token = (startUrl: string, expiresAt: string) =>
      JSON.stringify({ startUrl, expiresAt, accessToken: 'not-to-be-shown', region: 'eu-west-1' })
    const files: Readonly<Record<string, string>> = {
      'sso/cache/other.json': token('https://other.awsapps.com/start', later),
      'sso/cache/over.json': token('https://other.awsapps.com/start', '2020-01-01T00:00:00Z'),
      'sso/cache/ours.json': token('https://acme.awsapps.com/start/', later),
      'sso/cache/kiro-auth-token.json': JSON.stringify({ accessToken: 'x', expiresAt: later }),
      'sso/cache/registration.json': JSON.stringify({ clientId: 'x', clientSecret: 'x', expiresAt: later }),
      'cli/cache/other.json': JSON.stringify({ Credentials: { AccessKeyId: 'x', Expiration: later } }),
      'login/cache/console.json': JSON.stringify({ refreshToken: 'x' }),
      'sso/cache/broken.json': '{',
    }
    for (const [name, text] of Object.entries(files)) home.write(`.aws/${name}`, text, 0o600)
    const { code, wrong, findings } = await planted(() => () => {
      for (const folder of ['sso', 'cli', 'login']) rmSync(home.at('.aws', folder), { recursive: true })
    })
    expect(code).toBe(3)
    expect(wrong).toEqual(
      [
        '~/.aws/sso/cache/other.json is a login to https://other.awsapps.com/start',
        '~/.aws/cli/cache/other.json is keys of a role',
        '~/.aws/login/cache/console.json is a login of aws login',
      ].map((says) => `logins: ${says}, and whatever runs as you can read it`),
    )
    expect(findings).toContainEqual(
      expect.objectContaining({ what: 'logins', verdict: 'note', says: expect.stringContaining('is yours') }),
    )
    expect(JSON.stringify(findings)).not.toContain('not-to-be-shown')
  })

  test('links and permissions', async () => {
    const { code, wrong } = await planted(() => {
      const before = readFileSync(home.at(config), 'utf8')
      rmSync(home.at(config))
      symlinkSync('../config', home.at(config))
      chmodSync(home.at('.aws/kiro'), 0o755)
      chmodSync(home.at('.aws/kiro/credentials'), 0o644)
      return () => {
        rmSync(home.at(config))
        home.write(config, before, 0o600)
        chmodSync(home.at('.aws/kiro'), 0o700)
        chmodSync(home.at('.aws/kiro/credentials'), 0o600)
      }
    })
    expect(code).toBe(3)
    expect(wrong).toEqual(
      expect.arrayContaining([
        'permissions: ~/.aws/kiro has 0755: others may look into it',
        'links: ~/.aws/kiro/config is a link to ../config',
        'permissions: ~/.aws/kiro/credentials has 0644, not 0600',
        'profiles: aws --profile prod-admin works for Kiro',
        'profiles: aws does not find the profile kiro-readonly',
      ]),
    )
  })

  test('agents and steering that are not ours any more', async () => {
    const { wrong } = await planted(() => {
      const undo = [
        editFile('.kiro/agents/aws-readonly.json', (text) => text.replace('"read", "shell"', '"*", "shell"')),
        editFile('.kiro/steering/AGENTS.md', (text) => text.replace('then stop and ask', 'then go on')),
      ]
      return () => {
        for (const one of undo) one()
      }
    })
    expect(wrong).toEqual([
      'files: ~/.kiro/agents/aws-readonly.json is not what the settings make',
      'steering: ~/.kiro/steering/AGENTS.md does not hold our rules as the settings make them',
    ])
  })
})

test('where setup has not been, that is the one finding about files', async () => {
  const clean = openHome()
  const { code, stdout } = clean.npm('laptop:verify')
  clean.close()
  expect(stdout).toMatch(/^✗ files +laptop:setup has not been here/)
  expect(code).toBe(3)
})
