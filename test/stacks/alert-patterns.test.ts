import { expect, test } from 'vitest'
import { planAlertsSpec } from '../../config/alerts-spec.ts'
import { settingsSchema } from '../../config/settings.ts'
import { listAlerts, listFarRegions, listRegionalAlerts } from '../../stacks/alert-patterns.ts'
import { renderSandbox } from '../../stacks/synth.ts'
import { renderAlerts } from '../../stacks/synth-side.ts'
import { accountId, inputs, resources, sandboxSpec } from './specs.ts'

const plan = (settings: object) =>
  planAlertsSpec(settingsSchema.parse({ alerts: { enabled: true }, ...settings }), accountId)
const long = (letter: string) => letter.repeat(32)
const role = (end: string) =>
  `arn:aws:iam::${accountId}:role/aws-reserved/sso.amazonaws.com/ap-southeast-2/${`${end}${'r'.repeat(64)}`.slice(-64)}`
const permissionSet = (end: string) =>
  `arn:aws:sso:::permissionSet/ssoins-${end.repeat(16)}/ps-${end.repeat(16)}`

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html: 2048 unless AWS is asked for more */
test('no pattern is longer than EventBridge takes, however long names and lists in the settings are', () => {
  const spec = plan({
    alerts: {
      enabled: true,
      routineRoles: [role('a'), `${role('b').slice(0, -1)}b`],
      permissionSets: [...'0123456789'].map(permissionSet),
    },
    access: { engineer: { permissionSet: long('e') } },
    laptopRoles: { loginPermissionSet: long('l') },
    laptop: {
      permissionSets: {
        readonly: long('a'),
        devWrite: long('b'),
        prodReadonly: long('c'),
        prodWrite: long('d'),
      },
    },
  })
  const sizes = listAlerts(spec, 'k'.repeat(36)).map(({ name, pattern }) => [
    name,
    JSON.stringify(pattern).length,
  ])
  expect(sizes.filter(([, size]) => Number(size) > 2048)).toEqual([])
})

test('changes of permission sets are listened for where Identity Center is, if it is in this account', () => {
  const laptop = { startUrl: 'https://acme.awsapps.com/start', ssoRegion: 'eu-west-1' }
  const here = plan({ laptop })
  expect(listFarRegions(here)).toEqual(['us-west-2', 'eu-west-1'])
  expect(listRegionalAlerts(here, 'eu-west-1').map(({ name }) => name)).toEqual(['permission-sets', 'rules'])
  const elsewhere = plan({ laptop, laptopRoles: { identityCenterAccountId: '444455556666' } })
  expect(listFarRegions(elsewhere)).toEqual(['us-west-2'])
  expect(listAlerts(elsewhere).map(({ name }) => name)).not.toContain('permission-sets')
})

test('every rule that carries on has its counterpart where the topic is, with the same pattern', () => {
  const json = renderAlerts(
    plan({ laptop: { startUrl: 'https://acme.awsapps.com/start', ssoRegion: 'eu-west-1' } }),
  )
  const rules = resources('aws_cloudwatch_event_rule', json)
  const far = rules.filter(({ provider }) => provider !== undefined)
  const near = rules.filter(({ provider }) => provider === undefined)
  expect(far.length).toBeGreaterThan(3)
  for (const { name, event_pattern } of far)
    expect(near.map((rule) => [rule.name, rule.event_pattern])).toContainEqual([name, event_pattern])
})

/** Every one of these is a call that nobody can tell from the same call of a stranger. docs/aws.md has the numbers. */
test('by the settings as shipped a new sandbox means four mails, and one that goes means two', () => {
  const json = renderSandbox(sandboxSpec, inputs)
  expect(resources('aws_iam_role', json)).toHaveLength(3)
  expect(resources('aws_iam_role_policy', json).map(({ name }) => name)).toEqual(['kiro-instance'])
  const attached = resources('aws_iam_role_policy_attachment', json)
  expect(attached.filter(({ role }) => !String(role).includes('readonly'))).toEqual([])
  expect(
    attached.filter(({ policy_arn }) => policy_arn !== 'arn:aws:iam::aws:policy/ReadOnlyAccess'),
  ).toHaveLength(2)
})
