import { writeFileSync } from 'node:fs'
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { IAMClient, ListRolePoliciesCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { names } from '../../config/names.ts'
import { exitCode } from '../../config/user-error.ts'
import { parseUserName } from '../../config/user-name.ts'
import { openSession, type Session } from './cli.ts'
import { asEngineer, openRunner } from './in-sandbox.ts'
import { expectSound } from './sandbox-checks.ts'

const minutes = 60_000
const alice = parseUserName('alice')
const push = {
  elevation: { mode: 'push' },
  access: { engineer: { permissionSet: 'KiroEngineer' }, readonly: { deny: ['credentials', 'logs'] } },
}

/** A sandbox that opened windows until its settings said push. Engineer's login, roles and guest are enforced. */
describe.sequential('elevation where nobody may write policies', () => {
  let session: Session
  let run: Awaited<ReturnType<typeof openRunner>>
  let own = ''
  const aws = (command: string) => run(own, asEngineer(`aws ${command}`))
  const elevated = (command: string) => aws(`--profile kiro-elevated ${command}`)
  const elevate = (...more: string[]) =>
    session.run('sandbox:elevate', '--user', 'alice', '--reason', 'JIRA-123', '--json', ...more)

  beforeAll(async () => {
    session = openSession({})
    const { code, stdout, stderr } = await session.run('sandbox:up', '--user', 'alice', '--json')
    expect([code, stderr]).toEqual([0, expect.stringContaining('golden')])
    own = (JSON.parse(stdout) as { sandboxes: { instanceId: string }[] }).sandboxes[0]?.instanceId ?? ''
    run = await openRunner(session)
  }, 6 * minutes)
  afterAll(() => session.close(), minutes)

  test('new settings reach roles, profiles and steering of a machine that runs', {
    timeout: 3 * minutes,
  }, async () => {
    const steering = () => run(own, 'cat /home/kiro/.kiro/steering/access.md')
    expect(await steering()).toMatch(/## Readable\n\n- contents of logs and traces/)
    const left = await session.run('sandbox:elevate', '--user', 'alice', '--for', '1s', '--reason', 'left')
    // A window of a second may be over before it was tried.
    expect([exitCode.done, exitCode.finding]).toContain(left.code)
    writeFileSync(session.settingsFile, JSON.stringify(push))
    const { code, stderr } = await session.run('sandbox:up', '--user', 'alice')
    expect([code, stderr]).toEqual([0, expect.stringContaining('Take over the settings')])
    expect(await steering()).toMatch(/## Denied[^#]*- contents of logs and traces/)
    expect(await aws('logs filter-log-events --log-group-name x')).toContain('AccessDenied')
    expect(await aws('configure get credential_process --profile kiro-elevated')).toContain('elevation.py')
  })

  test('before a session is handed over the box can neither find nor make one', async () => {
    expect(await elevated('s3 mb s3://before')).toContain('nobody has elevated this sandbox')
    const direct = `--profile default sts assume-role --role-arn arn:aws:iam::111122223333:role/${names.elevatedRole(alice)} --role-session-name alice`
    expect(await aws(direct)).toContain('AccessDenied')
    const { code, stdout } = await session.run('sandbox:elevation', '--user', 'alice')
    expect([code, stdout]).toEqual([
      3,
      'alice: the sandbox holds no elevated session; nothing can be changed\n',
    ])
  })

  test('handed over it works, within the boundary, and Terraform sees no drift', {
    timeout: 3 * minutes,
  }, async () => {
    const { code, stdout, stderr } = await elevate('--for', '10m')
    expect([code, stderr]).toEqual([0, expect.stringContaining('ends by itself')])
    expect(JSON.parse(stdout)).toMatchObject({
      mode: 'push',
      by: expect.stringMatching(/:assumed-role\/AWSReservedSSO_KiroEngineer_[0-9a-f]{16}\/alice$/),
      session: { kind: 'held', allowed: true },
    })
    expect(await elevated('s3 mb s3://within')).toBe('make_bucket: within')
    expect(await elevated('sts get-caller-identity --query Arn --output text')).toMatch(
      /kiro-elevated-alice\/alice$/,
    )
    for (const command of [
      'iam create-access-key --user-name local-operator',
      `ec2 create-tags --resources ${own} --tags Key=kiro:owner,Value=bob`,
      'ec2 create-vpc --cidr-block 10.9.0.0/16 --region eu-west-1',
    ])
      expect(await elevated(command), command).toMatch(/AccessDenied|UnauthorizedOperation/)
    expect((await session.run('sandbox:elevation', '--user', 'alice')).stdout).toMatch(
      /open for .*\n.*\n {2}reason {2}JIRA-123/,
    )
    await expectSound(session, 'alice')
  })

  test('the secret lies in one private file in memory, and in nothing that was logged', async () => {
    const kept = '/run/kiro-sandbox/elevated.json'
    expect(await run(own, `stat -c '%a %U' ${kept}; stat -f -c %T ${kept}`)).toBe('600 kiro\ntmpfs')
    const { SessionToken, SecretAccessKey } = JSON.parse(await run(own, `cat ${kept}`))
    const client = new CloudWatchLogsClient(await session.sdkConfig())
    const { events = [] } = await client.send(
      new FilterLogEventsCommand({ logGroupName: names.sessionLogGroup }),
    )
    const logged = JSON.stringify(events) + (await session.run('local:logs', '--json')).stdout
    expect(logged).toContain('AssumeRole')
    for (const secret of [SecretAccessKey, SessionToken]) expect(logged).not.toContain(secret)
    const policies = await new IAMClient(await session.sdkConfig()).send(
      new ListRolePoliciesCommand({ RoleName: names.elevatedRole(alice) }),
    )
    expect(policies.PolicyNames).toEqual([names.elevationWindow])
  })

  test('taken back it is gone from the box, and that AWS takes no session back is said', async () => {
    const { code, stderr } = await session.run('sandbox:deescalate', '--user', 'alice')
    expect([code, stderr]).toEqual([0, expect.stringMatching(/taken from the sandbox[\s\S]*works until/)])
    expect(await elevated('s3 ls')).toContain('nobody has elevated this sandbox')
  })

  test('narrowed and short, a copy of it is refused outside of its actions and from T on', {
    timeout: 5 * minutes,
  }, async () => {
    const { code, stdout } = await elevate('--for', '45s', '--allow', 's3:*')
    expect(code).toBe(0)
    const { until } = JSON.parse(stdout) as { until: string }
    expect(await elevated('ec2 describe-vpcs')).toContain('UnauthorizedOperation')
    const copied = await run(
      own,
      asEngineer(
        `eval "$(aws configure export-credentials --profile kiro-elevated --format env)"; unset AWS_CREDENTIAL_EXPIRATION; n=0; while aws s3api head-bucket --bucket within; do n=$((n+1)); done 2>/dev/null; date -u +%s; echo calls $n; aws s3api list-buckets 2>&1`,
      ),
    )
    expect(copied).toContain('explicit deny in a session policy')
    expect(Number(/^calls (\d+)/m.exec(copied)?.[1])).toBeGreaterThan(0)
    expect(Number(/^(\d{10})$/m.exec(copied)?.[1]) * 1000).toBeGreaterThanOrEqual(Date.parse(until))
    // The box forgets it a second later.
    const gone = 'for try in $(seq 300); do [ -z "$(ls /run/kiro-sandbox)" ] && break; sleep 0.2; done'
    expect(await run(own, `${gone}; ls /run/kiro-sandbox`)).toBe('')
  })

  test('what cannot be handed over is refused before anything is asked', async () => {
    writeFileSync(
      session.settingsFile,
      JSON.stringify({ ...push, elevation: { mode: 'push', maxMinutes: 120 } }),
    )
    const long = await elevate('--for', '90m')
    expect([long.code, long.stderr]).toEqual([2, expect.stringContaining('lasts 60 at most')])
    writeFileSync(session.settingsFile, JSON.stringify({ elevation: { mode: 'push' } }))
    const nobody = await elevate('--for', '10m')
    expect([nobody.code, nobody.stderr]).toEqual([
      2,
      expect.stringContaining('access.engineer.permissionSet'),
    ])
  })
})
