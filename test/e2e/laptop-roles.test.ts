import { GetRoleCommand, IAMClient, ListAttachedRolePoliciesCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSession, readJson, type Session, stackFolder } from './cli.ts'

const minutes = 60_000
const group = '11111111-2222-3333-4444-555555555555'
const laptop = { prodAccountId: '444455556666', prodWrite: true }

/** Real Terraform and the real provider; the local target keeps permission sets and makes no roles of them. */
describe.sequential('laptop:roles, as permission sets', () => {
  let session: Session
  beforeAll(() => {
    session = openSession({ laptop, laptopRoles: { groups: { devWrite: [group], prodWrite: [group] } } })
  })
  afterAll(() => session.close(), minutes)

  test('shows what it would make before there is anything', { timeout: 3 * minutes }, async () => {
    const { code, stdout } = await session.run('laptop:roles', '--plan')
    expect(stdout).toContain('create ssoadmin permission set sets/prodWrite')
    expect(code).toBe(0)
  })

  test('makes them, and says what another account lacks', { timeout: 3 * minutes }, async () => {
    const { code, stdout, stderr } = await session.run('laptop:roles')
    expect(stdout).toBe(
      [
        'KiroReadOnly  permission set for 111122223333  assigned to nobody yet',
        'KiroDevWrite  permission set for 111122223333  1 group(s)',
        'KiroProdReadOnly  permission set for 444455556666  assigned to nobody yet',
        'KiroProdWrite  permission set for 444455556666  1 group(s)\n',
      ].join('\n'),
    )
    expect(stderr).toContain('KiroProdWrite needs the policy kiro-laptop-prod-boundary in 444455556666')
    expect(code).toBe(0)
  })

  test('has nothing to do then, and neither has Terraform', { timeout: 2 * minutes }, async () => {
    expect((await session.run('laptop:roles')).stderr).toContain('up to date; nothing to do')
    expect((await session.run('laptop:roles', '--plan')).stdout).toBe('laptop-roles: no changes\n')
  })

  test('takes them away after a yes', { timeout: 3 * minutes }, async () => {
    expect((await session.run('laptop:roles', '--remove')).code).toBe(2)
    expect((await session.run('laptop:roles', '--remove', '--yes')).code).toBe(0)
    expect((await session.run('laptop:roles', '--remove', '--yes')).stderr).toContain('nothing to do')
  })
})

describe.sequential('laptop:roles, as plain roles', () => {
  let session: Session
  beforeAll(() => {
    session = openSession({
      ...{ laptop, local: { machines: 'off' } },
      laptopRoles: { kind: 'roles', loginPermissionSet: 'KiroEngineer' },
    })
  })
  afterAll(() => session.close(), minutes)

  test('makes the roles of this account under their boundaries', { timeout: 3 * minutes }, async () => {
    const made = await session.run('laptop:roles')
    expect(made.stderr).toContain('role_session_name = <name of the login>')
    expect(made.code).toBe(0)
    const iam = new IAMClient(await session.sdkConfig())
    const role = async (RoleName: string) => (await iam.send(new GetRoleCommand({ RoleName }))).Role
    expect((await role('KiroReadOnly'))?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(
      'arn:aws:iam::aws:policy/ReadOnlyAccess',
    )
    const writer = await role('KiroDevWrite')
    expect(writer?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(
      'arn:aws:iam::111122223333:policy/kiro-laptop-dev-boundary',
    )
    expect(decodeURIComponent(writer?.AssumeRolePolicyDocument ?? '')).toContain(
      'aws-reserved/sso.amazonaws.com/AWSReservedSSO_KiroEngineer_????????????????',
    )
    const attached = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: 'KiroDevWrite' }))
    expect(attached.AttachedPolicies).toEqual([])
    expect((await session.run('laptop:roles', '--plan')).stdout).toBe('laptop-roles: no changes\n')
    expect(readJson(`${stackFolder(session, 'laptop-roles')}/spec.json`)).toMatchObject({ kind: 'roles' })
  })

  test('the last sandbox takes the network along although these roles stay', {
    timeout: 5 * minutes,
  }, async () => {
    expect((await session.run('sandbox:up', '--user', 'alice')).code).toBe(0)
    const { stdout } = await session.run('sandbox:down', '--user', 'alice', '--plan', '--json')
    expect(JSON.parse(stdout)).toEqual({ removed: ['sandbox-alice', 'network'] })
  })
})
