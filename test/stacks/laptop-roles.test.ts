import { describe, expect, test } from 'vitest'
import { planLaptopRolesSpec } from '../../config/laptop-roles-spec.ts'
import { settingsSchema } from '../../config/settings.ts'
import { renderLaptopRoles } from '../../stacks/synth-side.ts'
import { accountId, resources } from './specs.ts'

const prod = '444455556666'
const center = '777788889999'
const group = '11111111-2222-3333-4444-555555555555'
const plan = (settings: object, account = accountId) =>
  planLaptopRolesSpec(settingsSchema.parse(settings), account)
const both = { laptop: { devAccountId: accountId, prodAccountId: prod, prodWrite: true } }
const json = (settings: object, account = accountId) => renderLaptopRoles(plan(settings, account))

describe('which account gets which', () => {
  const named = ({ roles }: ReturnType<typeof plan>) => roles.map(({ name, accountId: of }) => [name, of])

  test('without an account for production there is nothing of production', () => {
    expect(named(plan({}))).toEqual([
      ['KiroReadOnly', accountId],
      ['KiroDevWrite', accountId],
    ])
  })

  test('permission sets of all accounts are made where Identity Center is', () => {
    const settings = { ...both, laptopRoles: { identityCenterAccountId: center } }
    expect(named(plan(settings, center))).toEqual([
      ['KiroReadOnly', accountId],
      ['KiroDevWrite', accountId],
      ['KiroProdReadOnly', prod],
      ['KiroProdWrite', prod],
    ])
    expect(plan(settings, center).boundaries).toEqual([])
  })

  test('the accounts themselves get the boundaries, which a permission set does not bring along', () => {
    const settings = { ...both, laptopRoles: { identityCenterAccountId: center } }
    expect(plan(settings)).toMatchObject({ roles: [], boundaries: ['devWrite'] })
    expect(plan(settings, prod)).toMatchObject({ roles: [], boundaries: ['prodWrite'] })
    expect(resources('aws_iam_policy', json(settings, prod))).toMatchObject([
      { name: 'kiro-laptop-prod-boundary' },
    ])
  })

  test('plain roles are made in the account they are for', () => {
    const settings = { ...both, laptopRoles: { kind: 'roles', loginPermissionSet: 'KiroEngineer' } }
    expect(named(plan(settings)).map(([name]) => name)).toEqual(['KiroReadOnly', 'KiroDevWrite'])
    expect(named(plan(settings, prod)).map(([name]) => name)).toEqual(['KiroProdReadOnly', 'KiroProdWrite'])
  })

  test('an account that the settings give nothing is refused', () => {
    const settings = { ...both, laptopRoles: { identityCenterAccountId: accountId } }
    expect(() => plan(settings, center)).toThrow(`no role for laptops in the account ${center}`)
  })
})

describe('what is made', () => {
  test('every permission set has a boundary, and ends after an hour', () => {
    const made = json(both)
    const sets = resources('aws_ssoadmin_permission_set', made)
    expect(sets.map(({ session_duration }) => session_duration)).toEqual(Array(4).fill('PT1H'))
    expect(
      resources('aws_ssoadmin_permissions_boundary_attachment', made).map(
        ({ permissions_boundary: { managed_policy_arn, customer_managed_policy_reference } }) =>
          managed_policy_arn ?? customer_managed_policy_reference.name,
      ),
    ).toEqual([
      'arn:aws:iam::aws:policy/ReadOnlyAccess',
      'kiro-laptop-dev-boundary',
      'arn:aws:iam::aws:policy/ReadOnlyAccess',
      'kiro-laptop-prod-boundary',
    ])
  })

  test('nobody gets a permission set before its boundary and policies are there', () => {
    const made = json({ ...both, laptopRoles: { groups: { devWrite: [group], prodReadonly: [group] } } })
    const assigned = resources('aws_ssoadmin_account_assignment', made)
    expect(assigned.map(({ target_id, principal_id }) => [target_id, principal_id])).toEqual([
      [accountId, group],
      [prod, group],
    ])
    expect(assigned[0]?.depends_on).toEqual([
      expect.stringContaining('permissions_boundary_attachment.sets_devWrite-boundary'),
      expect.stringContaining('inline_policy.sets_devWrite-own'),
    ])
  })

  test('permission sets are made in the region of Identity Center, the state stays where it is', () => {
    const sso = { startUrl: 'https://acme.awsapps.com/start', ssoRegion: 'eu-west-1' }
    expect(plan({ laptop: sso })).toMatchObject({
      region: 'eu-west-1',
      workRegion: 'us-west-2',
      state: { region: 'us-west-2' },
    })
  })
})

describe('settings', () => {
  const refused = (laptopRoles: object) => settingsSchema.safeParse({ laptopRoles }).error?.issues[0]?.message

  test('plain roles need the login that may become them', () => {
    expect(refused({ kind: 'roles' })).toContain('only who logs in with it')
  })

  test.each(['iam:PassRole', 'sts:AssumeRole', 'sso:CreateAccountAssignment', 'ec2:*', 'ec2'])(
    'production is not given %s',
    (action) => {
      expect(refused({ prodWriteActions: [action] })).toMatch(/^an action/)
    },
  )

  test('a group is its id, not its name', () => {
    expect(refused({ groups: { readonly: ['engineers'] } })).toContain('the id of a group')
  })
})
