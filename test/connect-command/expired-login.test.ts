import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../local/control/fixture.ts'

const startUrl = 'https://house.awsapps.com/start'
const role = 'sso_account_id = 111122223333\nsso_role_name = Engineer\nregion = us-west-2'
const profiles = `[profile session]
sso_session = house
${role}
[sso-session house]
sso_start_url = ${startUrl}
sso_region = us-west-2
sso_registration_scopes = sso:account:access
[profile older]
sso_start_url = ${startUrl}
sso_region = us-west-2
${role}
`

let home = ''
/** What `aws sso login` has left there, long ago; its file is named after the session, or after the address. */
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'graviton-sso-'))
  const cache = join(home, '.aws', 'sso', 'cache')
  mkdirSync(cache, { recursive: true })
  writeFileSync(join(home, '.aws', 'config'), profiles)
  const token = { startUrl, region: 'us-west-2', accessToken: 'old', expiresAt: '2020-01-01T00:00:00Z' }
  for (const key of ['house', startUrl])
    writeFileSync(join(cache, `${createHash('sha1').update(key).digest('hex')}.json`), JSON.stringify(token))
  const settings = { target: 'aws', accountId: '111122223333', region: 'us-west-2' }
  writeFileSync(join(home, 'settings.json'), JSON.stringify(settings))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

test.each(['session', 'older'])(
  'a login by the profile "%s" that has expired is said in one sentence, with the command that renews it',
  async (profile) => {
    const child = spawn(
      process.execPath,
      [join(root, 'scripts', 'launch.mjs'), 'ssm:connect', '--user', 'alice', '--command', 'true'],
      {
        env: {
          ...{ PATH: process.env.PATH, HOME: home, AWS_PROFILE: profile },
          KIRO_SANDBOX_CONFIG: join(home, 'settings.json'),
          KIRO_SANDBOX_STATE: join(home, 'state'),
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    let said = ''
    child.stderr.on('data', (text: Buffer) => {
      said += text
    })
    expect(await once(child, 'close')).toEqual([1, null])
    expect(said).toContain(`error: the AWS login has expired\nhint:  aws sso login --profile ${profile}\n`)
  },
  120_000,
)
