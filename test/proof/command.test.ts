import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { names } from '../../config/names.ts'
import { localAccountId } from '../../config/pins.ts'

const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'kiro-prove-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (command: string, settings: object, ...flags: string[]) => {
  const file = join(folder, 'settings.json')
  writeFileSync(file, JSON.stringify(settings))
  const { KIRO_SANDBOX_BUNDLE: _, ...env } = process.env
  return spawnSync(
    process.execPath,
    [join(root, 'scripts', 'launch.mjs'), command, '--config', file, ...flags],
    { encoding: 'utf8', env },
  )
}

test('prove: every row holds as shipped, counted for people', () => {
  const { status, stdout, stderr } = run('prove', {}, '--user', 'carol')
  expect(stdout).toMatch(/\nall \d{3,4} rows hold\n$/)
  expect(stdout).toContain('escalation: another identity')
  expect(stderr).toMatch(/for carol in us-west-2; ReadOnlyAccess is v\d+ of \d{4}-\d\d-\d\d/)
  expect(status).toBe(0)
})

test('prove: a setting that opens what must stay closed breaks its row, exit 3', () => {
  const state = names.stateBucket(localAccountId, 'us-west-2')
  const settings = { access: { readonly: { readBuckets: [state] } } }
  const told = run('prove', settings)
  expect(told.status).toBe(3)
  expect(told.stdout).toMatch(
    /2 of \d{3,4} rows are broken:\n {2}readonly: s3:GetObject on arn:aws:s3:::kiro-sandbox-state/,
  )
  expect(told.stdout).toContain('expected  denied by Objects')
  const { status, stdout } = run('prove', settings, '--json')
  const { rows } = JSON.parse(stdout) as { rows: { holds: boolean; action: string; found: string }[] }
  expect(rows.length).toBeGreaterThan(550)
  expect(rows.filter(({ holds }) => !holds)).toMatchObject([
    { who: 'readonly', action: 's3:GetObject', found: 'allow' },
    { who: 'laptop readonly', action: 's3:GetObject', found: 'allow' },
  ])
  expect(status).toBe(3)
})

test('prove: --live needs AWS, and a name must be one', () => {
  const live = run('prove', {}, '--live')
  expect([live.status, live.stdout]).toEqual([2, ''])
  expect(live.stderr).toContain('the local target has none')
  expect(run('prove', {}, '--user', 'Alice!').status).toBe(2)
})

test('access:policy: one policy for all engineers needs nothing but the settings', () => {
  const { status, stdout, stderr } = run('access:policy', { region: 'eu-west-1' }, '--abac')
  const policy = JSON.parse(stdout) as { Statement: { Sid: string; Resource: string | string[] }[] }
  expect(policy.Statement.map(({ Sid }) => Sid)).toContain('OpenAndCloseOwnWindow')
  expect(policy.Statement.find(({ Sid }) => Sid === 'PowerOwnSandbox')?.Resource).toBe(
    `arn:aws:ec2:eu-west-1:${localAccountId}:instance/*`,
  )
  expect(stderr).toMatch(/^\d{4} of 10240 characters/)
  expect(status).toBe(0)
  expect(run('access:policy', {}).status).toBe(2)
  expect(run('access:policy', { target: 'aws' }, '--abac').status).toBe(2)
})

test('access:policy: the operator gets managed policies that IAM takes, all or one of them', () => {
  const { status, stdout, stderr } = run('access:policy', { region: 'eu-west-1' }, '--operator', '--json')
  const { policies } = JSON.parse(stdout) as { policies: { name: string; size: number; limit: number }[] }
  expect(policies.map(({ name }) => name)).toEqual(
    ['ground', 'state', 'network', 'egress', 'roles', 'machines'].map((part) =>
      names.operatorPolicy(part, 'eu-west-1'),
    ),
  )
  expect(policies.every(({ size, limit }) => size <= limit && limit === 6144)).toBe(true)
  expect(stderr).toContain('attach all of them')
  expect(status).toBe(0)
  const one = run('access:policy', {}, '--operator', '--part', 'roles')
  expect((JSON.parse(one.stdout) as { Version: string }).Version).toBe('2012-10-17')
  expect(run('access:policy', {}, '--operator', '--part', 'payroll').status).toBe(2)
  expect(run('access:policy', {}, '--operator', '--abac').status).toBe(2)
  expect(run('access:policy', {}, '--part', 'roles').status).toBe(2)
})
