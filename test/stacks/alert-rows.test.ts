import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { planAlertsSpec } from '../../config/alerts-spec.ts'
import { settingsSchema } from '../../config/settings.ts'
import { listAlerts } from '../../stacks/alert-patterns.ts'
import { python } from '../local/control/fixture.ts'
import { account, alertRows, identityCenterRegion, routineRoles } from './alert-rows.ts'

const keyId = '4f6b3c1e-0000-4000-8000-000000000001'
const spec = planAlertsSpec(
  settingsSchema.parse({
    alerts: { enabled: true, routineRoles },
    access: { engineer: { permissionSet: 'KiroEngineer' } },
    laptop: { startUrl: 'https://acme.awsapps.com/start', ssoRegion: identityCenterRegion },
  }),
  account,
)
const alerts = listAlerts(spec, keyId)
const rows = alertRows(keyId)

/** Names of the alerts that tell of each row. */
let told: string[][] = []
beforeAll(() => {
  const events = rows.map(({ source, region, detail }) => ({
    ...{ source, region, detail, 'detail-type': 'AWS API Call via CloudTrail' },
  }))
  const input = JSON.stringify({ patterns: alerts.map(({ pattern }) => pattern), events })
  const { status, stdout, stderr } = spawnSync(python, [join(import.meta.dirname, 'match_alerts.py')], {
    ...{ input, encoding: 'utf8', maxBuffer: 1 << 26 },
  })
  if (status !== 0) throw new Error(stderr)
  told = (JSON.parse(stdout) as number[][]).map((found) => found.map((index) => alerts[index]?.name ?? ''))
}, 120_000)

test('each call that makes a role stronger or the mail silent is told once, and no daily business is', () => {
  const wrong = rows.flatMap(({ says, told: wanted }, index) =>
    JSON.stringify(told[index]) === JSON.stringify(wanted) ? [] : [{ says, wanted, told: told[index] }],
  )
  expect(wrong).toEqual([])
  expect(rows.filter(({ told: wanted }) => wanted.length === 0).length).toBeGreaterThan(30)
})

test('every alert has a row, but for the sign-in, which is no API call', () => {
  const proven = new Set(rows.flatMap(({ told: wanted }) => wanted))
  expect(alerts.map(({ name }) => name).filter((name) => !proven.has(name))).toEqual(['sign-in'])
})
