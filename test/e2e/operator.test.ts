import { readFileSync } from 'node:fs'
import {
  CreateTagsCommand,
  CreateVpcCommand,
  EC2Client,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import {
  AttachRolePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { GetObjectCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { names } from '../../config/names.ts'
import { defaultSettings } from '../../config/settings.ts'
import { parseUserName } from '../../config/user-name.ts'
import { openLocalOperator } from '../../scripts/local-operator.ts'
import { type Ended, openSession, type Session } from './cli.ts'

const minutes = 60_000
const alice = parseUserName('alice')

/** The policies that access:policy --operator prints, a role that has them and nothing else, and the gateway. */
describe.sequential('the operator, with the policies that are printed and no others', () => {
  let session: Session
  const run = async (name: string, ...args: string[]): Promise<Ended> => {
    const ended = await session.run(name, ...args)
    expect(ended.stderr).not.toContain('not authorized')
    return ended
  }

  beforeAll(() => {
    session = openSession({ local: { operator: 'policy' } })
  })
  afterAll(() => session.close(), minutes)

  test('writes settings, makes the bucket of the states, and looks for drift in it', {
    timeout: 2 * minutes,
  }, async () => {
    const network = ['--network', 'managed', '--egress', 'balanced']
    expect((await run('init', '--target', 'local', ...network, '--yes')).code).toBe(0)
    expect(JSON.parse(readFileSync(session.settingsFile, 'utf8'))).toMatchObject({
      ...{ target: 'local', local: { operator: 'policy' }, network: { mode: 'managed', egress: 'balanced' } },
    })
    expect((await run('bootstrap', '--yes')).code).toBe(0)
    expect((await run('bootstrap', '--drift')).code).toBe(0)
  })

  test('builds an image and brings a sandbox up', { timeout: 8 * minutes }, async () => {
    expect((await run('image:build')).code).toBe(0)
    expect((await run('sandbox:up', '--user', 'alice')).code).toBe(0)
    expect((await run('sandbox:status', '--user', 'alice')).code).toBe(0)
  })

  test('is told by doctor that all is well, and that it is the operator', {
    timeout: 2 * minutes,
  }, async () => {
    const { code, stdout } = await run('doctor', '--deep')
    expect(stdout).toContain(`assumed-role/${names.operatorRole('us-west-2')}/operator`)
    expect(stdout).toContain('EC2 would allow ec2:RunInstances, ec2:CreateVpc, ec2:CreateSecurityGroup')
    expect([code, stdout]).toEqual([0, expect.not.stringContaining('fix:')])
  })

  test('opens and closes a window, and tidies up', { timeout: 2 * minutes }, async () => {
    expect((await run('sandbox:elevate', '--user', 'alice', '--for', '10m', '--reason', 'x')).code).toBe(0)
    expect((await run('sandbox:deescalate', '--user', 'alice')).code).toBe(0)
    for (const orphans of [[], ['--orphans']]) {
      const { code, stderr } = await run('sandbox:sweep', '--yes', ...orphans)
      // Those two stacks are made by whoever administers the account.
      expect([code, stderr]).toEqual([
        0,
        expect.stringContaining('not looked for, as you may not: what is left of alerts and laptop-roles\n'),
      ])
    }
  })

  test('opens no session: that is for engineers', { timeout: 3 * minutes }, async () => {
    const { code, stderr } = await session.run('ssm:connect', '--user', 'alice', '--command', 'true')
    expect([code, stderr]).toEqual([1, expect.stringContaining('perform: ssm:StartSession')])
  })

  test('touches nothing that is not of this project, and raises neither itself nor a role', {
    timeout: 3 * minutes,
  }, async () => {
    const admin = await session.sdkConfig()
    const own = await openLocalOperator(admin, defaultSettings())
    const [ec2, iam, s3, ssm] = [
      new EC2Client(own),
      new IAMClient(own),
      new S3Client(own),
      new SSMClient(own),
    ]
    const { Vpc } = await new EC2Client(admin).send(new CreateVpcCommand({ CidrBlock: '10.99.0.0/16' }))
    const account = 'arn:aws:iam::111122223333'
    const trust = JSON.stringify({ Version: '2012-10-17', Statement: [] })
    const everything = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
    })
    const role = (RoleName: string) => new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust })
    const refused = [
      () => ec2.send(new CreateVpcCommand({ CidrBlock: '10.98.0.0/16' })),
      () =>
        ec2.send(
          new CreateTagsCommand({
            Resources: [Vpc?.VpcId ?? ''],
            Tags: [{ Key: 'kiro:sandbox', Value: 'shared' }],
          }),
        ),
      () => ec2.send(new TerminateInstancesCommand({ InstanceIds: ['i-0123456789abcdef0'] })),
      () => iam.send(role('deploy')),
      () => iam.send(role(names.elevatedRole(parseUserName('mallory')))),
      () =>
        iam.send(
          new PutRolePolicyCommand({
            RoleName: names.operatorRole('us-west-2'),
            PolicyName: 'more',
            PolicyDocument: everything,
          }),
        ),
      () =>
        iam.send(
          new AttachRolePolicyCommand({
            RoleName: names.ec2Role(alice),
            PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
          }),
        ),
      () =>
        iam.send(
          new CreatePolicyVersionCommand({
            PolicyArn: `${account}:policy/${names.operatorPolicy('roles', 'us-west-2')}`,
            PolicyDocument: everything,
            SetAsDefault: true,
          }),
        ),
      () =>
        s3.send(
          new PutBucketVersioningCommand({
            Bucket: names.stateBucket('111122223333', 'us-west-2'),
            VersioningConfiguration: { Status: 'Suspended' },
          }),
        ),
      () => s3.send(new GetObjectCommand({ Bucket: 'payroll', Key: 'x' })),
      () => ssm.send(new GetParameterCommand({ Name: '/payroll' })),
    ]
    for (const call of refused) await expect(call()).rejects.toThrow(/not authorized|AccessDenied/)
  })

  test('takes everything away again', { timeout: 3 * minutes }, async () => {
    expect((await run('sandbox:down', '--user', 'alice', '--yes')).code).toBe(0)
    expect((await run('sandbox:list', '--json')).stdout).toContain('"sandboxes":[]')
  })
})
