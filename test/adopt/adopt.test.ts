import { AttachRolePolicyCommand, DetachRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam'
import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSession, type Running, type Session } from '../e2e/cli.ts'
import { expectSound, minutes, quickNetwork, terraformOf } from '../e2e/sandbox-checks.ts'
import { ArticleStack, template } from './stack.ts'

const name = 'kiro-agent-test'
const stateBucket = 'kiro-sandbox-state-111122223333-us-west-2'

/** Kills the command, and its Terraform where there is one, at a line of its story; the next run continues. */
const killAt = async (session: Session, run: Running, line: string | RegExp, user?: string) => {
  await run.waitFor(line)
  process.kill(run.pid, 'SIGKILL')
  if (user !== undefined) process.kill(terraformOf(session, user), 'SIGKILL')
  await run.ended
}

describe.sequential('an engineer who is not called like the stack', () => {
  let session: Session
  let stack: ArticleStack
  const adopt = (...more: string[]) =>
    session.start('adopt', '--stack', name, '--user', 'alice', '--yes', ...more)
  beforeAll(async () => {
    session = openSession(quickNetwork)
    stack = await ArticleStack.make(session, name)
    await stack.moveImage()
  }, 2 * minutes)
  afterAll(() => session.close())

  test('--plan says what would be, changes nothing and needs no state bucket', {
    timeout: 2 * minutes,
  }, async () => {
    const byHand = { RoleName: `kiro-elevated-${name}`, PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }
    const iam = new IAMClient(stack.config)
    await iam.send(new AttachRolePolicyCommand(byHand))
    const before = await stack.snapshot()
    const plan = await session.run('adopt', '--stack', name, '--user', 'alice', '--plan')
    expect(plan.stdout).toMatch(
      /ElevatedRole \(kiro-elevated-kiro-agent-test\) was changed by hand\n +ManagedPolicyArns: is .*, should be .*PowerUserAccess/,
    )
    expect(plan.stdout).toContain(`${before.machine.InstanceId} is neither replaced nor stopped`)
    expect(plan.stdout).toContain('kiro-elevated-kiro-agent-test  goes with the stack')
    expect(plan.stdout).toContain('window: elevated may do nothing until its engineer opens one')
    expect(plan.code).toBe(0)
    expect(await stack.snapshot()).toEqual(before)
    expect(await stack.status()).toBe('CREATE_COMPLETE')
    await iam.send(new DetachRolePolicyCommand(byHand))
  })

  test('nobody is asked where nobody can answer', { timeout: 2 * minutes }, async () => {
    const before = await stack.snapshot()
    const { code, stderr } = await session.run('adopt', '--stack', name, '--user', 'alice')
    expect(stderr).toContain('nothing was changed: there is nobody to ask')
    expect(code).toBe(1)
    expect(await stack.snapshot()).toEqual(before)
  })

  test('cut off at every step it is continued, and the machine is the one of before', {
    timeout: 10 * minutes,
  }, async () => {
    const before = await stack.machine()
    await killAt(session, adopt(), `… Keep ${before.InstanceId}`)
    await killAt(session, adopt(), '+ iam role instance-role/role', 'alice')
    await killAt(session, adopt(), '… AWS profiles')
    await killAt(session, adopt(), '… Standing permission')
    await killAt(session, adopt(), `… Delete the stack ${name}`)
    const last = await adopt().ended
    // Deletion may have been quicker than the signal; then the last run finds nothing left to do.
    expect([last.code, last.stdout]).toEqual([0, `${before.InstanceId}\n`])
    expect(await stack.status()).toBe('DELETE_COMPLETE')
    const after = await stack.machine()
    expect([after.InstanceId, after.LaunchTime, after.State?.Name]).toEqual([
      before.InstanceId,
      before.LaunchTime,
      'running',
    ])
    expect(await stack.roleNames()).toEqual(['kiro-ec2-alice', 'kiro-elevated-alice', 'kiro-readonly-alice'])
    await expectSound(session, 'alice')
  })

  test('it is a sandbox as any: up finds nothing to do to it, and a second takeover is refused', {
    timeout: 3 * minutes,
  }, async () => {
    const { InstanceId } = await stack.machine()
    const { code, stdout, stderr } = await session.run('sandbox:up', '--user', 'alice')
    expect(stderr).not.toContain('Sandbox of alice')
    expect([code, stdout]).toEqual([0, `${InstanceId}\n`])
    const again = await session.run('adopt', '--stack', name, '--user', 'alice', '--yes')
    expect(again.stderr).toContain(`alice has a sandbox already: ${InstanceId}`)
    const back = await session.run('adopt', '--stack', name, '--user', 'alice', '--undo', '--yes')
    expect(back.stderr).toContain('no takeover for alice is under way')
  })

  test('a state and a record that vanish are made anew from the machine as it stands', {
    timeout: 4 * minutes,
  }, async () => {
    const before = await stack.machine()
    const s3 = new S3Client({ ...stack.config, forcePathStyle: true })
    for (const file of ['terraform.tfstate', 'applied.json'])
      await s3.send(new DeleteObjectCommand({ Bucket: stateBucket, Key: `sandbox-alice/${file}` }))
    const { code, stdout, stderr } = await session.run('sandbox:up', '--user', 'alice')
    expect([code, stdout, code === 0 ? '' : stderr]).toEqual([0, `${before.InstanceId}\n`, ''])
    const after = await stack.machine()
    expect([after.LaunchTime, after.Tags]).toEqual([before.LaunchTime, before.Tags])
    await expectSound(session, 'alice')
  })
})

describe.sequential('an engineer who is called like the stack', () => {
  let session: Session
  let stack: ArticleStack
  let before: Awaited<ReturnType<ArticleStack['snapshot']>>
  const run = (...more: string[]) => session.start('adopt', '--stack', name, '--yes', ...more)
  beforeAll(async () => {
    session = openSession(quickNetwork)
    stack = await ArticleStack.make(session, name)
    await stack.tagRole(`kiro-readonly-${name}`, { Key: 'CostCenter', Value: '42' })
    before = await stack.snapshot()
  }, 2 * minutes)
  afterAll(() => session.close())

  test('a takeover that was cut off in the middle is undone to the last tag', {
    timeout: 5 * minutes,
  }, async () => {
    await killAt(session, run('--keep-stack'), '~ iam role instance-role/role', name)
    const { code, stderr } = await run('--undo').ended
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    expect(await stack.snapshot()).toEqual(before)
    expect((await stack.currentTemplate()).trim()).toBe(template.trim())
  })

  test('its roles are taken over, and lose their standing permission', {
    timeout: 5 * minutes,
  }, async () => {
    const { code } = await run('--keep-stack').ended
    expect(code).toBe(0)
    const { machine, roles } = await stack.snapshot()
    expect(machine.InstanceId).toBe(before.machine.InstanceId)
    const elevated = roles.find(({ RoleName }) => RoleName === `kiro-elevated-${name}`)
    expect([elevated?.attached, elevated?.inline]).toEqual([[], []])
    expect(elevated?.boundary).toContain('kiro-elevated-boundary')
    expect(roles.flatMap(({ inline }) => inline.map(([policy]) => policy))).toEqual(['kiro-instance'])
    await expectSound(session, name)
  })

  test('an undo that was cut off is continued; an image that moved on stays out of the template', {
    timeout: 5 * minutes,
  }, async () => {
    await stack.moveImage()
    await killAt(session, run('--undo'), '… Terraform lets go')
    const forward = await session.run('adopt', '--stack', name)
    expect([forward.code, forward.stderr]).toEqual([
      1,
      expect.stringMatching(/an undo of it was begun.*nothing was changed: there is nobody to ask/s),
    ])
    const { code, stderr } = await run('--undo').ended
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    expect(stderr).toContain(`${name} keeps ${before.machine.ImageId} in its template`)
    expect(await stack.snapshot()).toEqual(before)
    expect(await stack.currentTemplate()).toContain(`Default: ${before.machine.ImageId}`)
  })
})
