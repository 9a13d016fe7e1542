import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { names } from '../../config/names.ts'
import { parseUserName } from '../../config/user-name.ts'
import { openTerminal } from '../connect-command/terminal.ts'
import { openSession, type Session } from './cli.ts'
import { asEngineer, openRunner } from './in-sandbox.ts'
import { expectSound } from './sandbox-checks.ts'

const minutes = 60_000
const alice = parseUserName('alice')

/** Golden image, Terraform's roles, the real AWS CLI inside, enforced by the gateway: nothing here is made by hand. */
describe.sequential('IAM is the boundary', () => {
  let session: Session
  let run: Awaited<ReturnType<typeof openRunner>>
  let own = ''
  let others = ''
  /** What `aws` says to alice in her sandbox. */
  const aws = (command: string, at = own) => run(at, asEngineer(`aws ${command}`))

  beforeAll(async () => {
    session = openSession({})
    const { code, stdout, stderr } = await session.run(
      'sandbox:up',
      '--user',
      'alice',
      '--user',
      'bob',
      '--json',
    )
    expect(stderr).toContain('golden')
    expect(code).toBe(0)
    const { sandboxes } = JSON.parse(stdout) as { sandboxes: { user: string; instanceId: string }[] }
    const idOf = (user: string) => sandboxes.find((one) => one.user === user)?.instanceId ?? ''
    ;[own, others] = [idOf('alice'), idOf('bob')]
    run = await openRunner(session)
  }, 6 * minutes)
  afterAll(() => session.close(), minutes)

  test('the machine has the profiles of its engineer, and needs no login for them', async () => {
    expect(await aws('configure list-profiles')).toBe('default\nkiro-readonly\nkiro-elevated')
    expect(await aws('sts get-caller-identity --query Arn --output text')).toMatch(
      /assumed-role\/kiro-readonly-alice\/alice$/,
    )
    expect(await aws('ec2 describe-vpcs --query "length(Vpcs)"')).toMatch(/^\d+$/)
  })

  test('readonly writes nothing, reads no secret and opens no window', async () => {
    const forged = `iam put-role-policy --role-name ${names.elevatedRole(alice)} --policy-name ${names.elevationWindow} --policy-document "{}"`
    const refused = ['s3 mb s3://not-mine', 'ssm get-parameter --name /a', 'lambda list-functions', forged]
    for (const command of refused) expect(await aws(command)).toContain('AccessDenied')
  })

  test('ssm:connect logs in, talks to the readonly agent and ends as it does', {
    timeout: 3 * minutes,
  }, async () => {
    const terminal = openTerminal(session.argv('ssm:connect', '--user', 'alice', '--no-browser'), session.env)
    try {
      await terminal.see(/user_code=[A-Z]{4}-[A-Z]{4}/)
      await terminal.see(/✓ Login of Kiro/)
      await terminal.see(/\[readonly\] > /)
      terminal.type('hello\r')
      await terminal.see(/echo: hello/)
      terminal.type('/quit\r')
      expect(await terminal.ended).toEqual({ code: 0, restored: true })
    } finally {
      terminal.close()
    }
    const again = await session.run('ssm:connect', '--user', 'alice', '--login-only')
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('logged in already')])
  })

  test('credentials of the machine are refused on another one', async () => {
    const url = 'http://169.254.169.254/latest'
    const stolen = await run(
      own,
      `t=$(curl -sS -X PUT -H 'x-aws-ec2-metadata-token-ttl-seconds: 60' ${url}/api/token); curl -sS -H "x-aws-ec2-metadata-token: $t" ${url}/meta-data/iam/security-credentials/${names.ec2Role(alice)}`,
    )
    const { AccessKeyId, SecretAccessKey, Token } = JSON.parse(stolen)
    const assume = `export AWS_ACCESS_KEY_ID=${AccessKeyId} AWS_SECRET_ACCESS_KEY=${SecretAccessKey} AWS_SESSION_TOKEN=${Token}; aws --region us-west-2 sts assume-role --role-arn arn:aws:iam::111122223333:role/${names.readonlyRole(alice)} --role-session-name alice --query AssumedRoleUser.Arn --output text 2>&1 || true`
    expect(await run(own, assume)).toContain('assumed-role/kiro-readonly-alice/alice')
    expect(await run(others, assume)).toContain('AccessDenied')
  })

  test('elevated may do nothing before a window', async () => {
    expect(await aws('--profile kiro-elevated s3 mb s3://before')).toContain('AccessDenied')
    const { code, stdout } = await session.run('sandbox:elevation', '--user', 'alice')
    expect([code, stdout]).toEqual([3, 'alice: no window was ever opened; nothing can be changed\n'])
  })

  test('in a window it may, but not what the boundary forbids, and Terraform sees no drift', {
    timeout: 3 * minutes,
  }, async () => {
    const { code, stdout, stderr } = await session.run(
      ...(['sandbox:elevate', '--user', 'alice', '--for', '10m', '--reason', 'JIRA-123', '--json'] as const),
    )
    expect(stderr).toContain('closes by itself')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      probe: { kind: 'allowed' },
      reason: 'JIRA-123',
      by: 'arn:aws:iam::111122223333:user/local-operator',
    })
    expect(await aws('--profile kiro-elevated s3 mb s3://within')).toBe('make_bucket: within')
    for (const command of [
      `ec2 stop-instances --instance-ids ${others}`,
      `ssm start-session --target ${others}`,
      `iam create-access-key --user-name local-operator`,
      `iam delete-role-permissions-boundary --role-name ${names.elevatedRole(alice)}`,
      `ec2 create-tags --resources ${own} --tags Key=kiro:owner,Value=bob`,
      `ec2 create-vpc --cidr-block 10.9.0.0/16 --region eu-west-1`,
    ])
      expect(await aws(`--profile kiro-elevated ${command}`), command).toMatch(
        /AccessDenied|UnauthorizedOperation/,
      )
    expect((await session.run('sandbox:elevation', '--user', 'alice')).stdout).toMatch(
      /open for .*\n.*\n {2}reason {2}JIRA-123/,
    )
    await expectSound(session, 'alice')
  })

  test('the same credentials, asked in a loop, are refused from T on', { timeout: 5 * minutes }, async () => {
    // A shorter one takes the place of the window that is open; the loop has to begin before it is over.
    const short = ['--for', '40s', '--reason', 'JIRA-123', '--json']
    expect((await session.run('sandbox:elevate', '--user', 'alice', ...short)).code).toBe(0)
    const { stdout } = await session.run('sandbox:elevation', '--user', 'alice', '--json')
    const [{ window }] = [JSON.parse(stdout)].flat() as [{ window: { until: string } }]
    const loop = await run(
      own,
      asEngineer(
        'export AWS_PROFILE=kiro-elevated; n=0; while aws s3api head-bucket --bucket within; do n=$((n+1)); done 2>/dev/null; date -u +%s; echo calls $n; aws ec2 describe-regions 2>&1',
      ),
    )
    expect(loop).toContain('explicit deny in an identity-based policy')
    expect(Number(/^calls (\d+)/m.exec(loop)?.[1])).toBeGreaterThan(0)
    expect(Number(/^(\d{10})$/m.exec(loop)?.[1]) * 1000).toBeGreaterThanOrEqual(Date.parse(window.until))
    await expectSound(session, 'alice')
  })

  test('a window can be closed before its time', { timeout: 3 * minutes }, async () => {
    const narrow = ['--for', '10m', '--reason', 'again', '--allow', 's3:*'] as const
    expect((await session.run('sandbox:elevate', '--user', 'alice', ...narrow)).code).toBe(0)
    expect(await aws('--profile kiro-elevated s3 ls')).toContain('within')
    expect(await aws('--profile kiro-elevated ec2 describe-vpcs')).toContain('UnauthorizedOperation')
    expect((await session.run('sandbox:deescalate', '--user', 'alice')).stderr).toContain('closed')
    expect(await aws('--profile kiro-elevated s3 ls')).toContain('explicit deny')
  })

  test('down takes an open window and the roles with it', { timeout: 3 * minutes }, async () => {
    await session.run('sandbox:elevate', '--user', 'alice', '--for', '10m', '--reason', 'left open')
    expect((await session.run('sandbox:down', '--user', 'alice', '--yes')).code).toBe(0)
    const sdk = await session.sdkConfig()
    const role = new IAMClient(sdk).send(new GetRoleCommand({ RoleName: names.elevatedRole(alice) }))
    await expect(role).rejects.toMatchObject({ name: 'NoSuchEntityException' })
    const { Reservations } = await new EC2Client(sdk).send(
      new DescribeInstancesCommand({ InstanceIds: [own] }),
    )
    expect(Reservations?.[0]?.Instances?.[0]?.State?.Name).toBe('terminated')
  })
})
