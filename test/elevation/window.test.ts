import { execFile } from 'node:child_process'
import { join } from 'node:path'
import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { names, tag } from '../../config/names.ts'
import { parseUserName } from '../../config/user-name.ts'
import { type GuestRoom, openGuestRoom } from '../local/guests/fixture.ts'

/** Two engineers' machines with the roles that matter here, and the product's own commands outside of them. */
let room: GuestRoom
let [alice, bob] = ['', '']
const account = '111122223333'
const readOnlyAccess = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
const roleArn = (name: string) => `arn:aws:iam::${account}:role/${name}`
const user = parseUserName('alice')
const ec2Role = names.ec2Role(user)
const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })

const profile = (name: string, role: string) =>
  `[profile ${name}]\nrole_arn = ${roleArn(role)}\ncredential_source = Ec2InstanceMetadata\nrole_session_name = alice\nregion = us-west-2\n`
const userData = `#!/bin/sh
install -d -o ec2-user -m 700 /home/ec2-user/.aws
cat >/home/ec2-user/.aws/config <<'END'
${profile('kiro-readonly', names.readonlyRole(user))}
${profile('kiro-elevated', names.elevatedRole(user))}
END
chown ec2-user /home/ec2-user/.aws/config
`

const makeInstanceRole = async () => {
  const { iam } = room.clients
  await iam.send(
    new CreateRoleCommand({
      RoleName: ec2Role,
      AssumeRolePolicyDocument: document({
        ...{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } },
      }),
    }),
  )
  const both = [names.readonlyRole(user), names.elevatedRole(user)].map(roleArn)
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: ec2Role,
      PolicyName: 'own',
      PolicyDocument: document(
        {
          Effect: 'Allow',
          Action: ['ssm:UpdateInstanceInformation', 'ssmmessages:*', 'ec2messages:*'],
          Resource: '*',
        },
        { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: both },
      ),
    }),
  )
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: ec2Role }))
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: ec2Role, RoleName: ec2Role }))
}

/** Bound to the machine and to its network: D4 of what AWS describes for stolen credentials. */
const makeOwnRoles = async (instanceId: string, vpcId: string) => {
  const { iam } = room.clients
  const trust = document({
    ...{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: `arn:aws:iam::${account}:root` } },
    Condition: {
      ArnEquals: {
        'aws:PrincipalArn': roleArn(ec2Role),
        'ec2:SourceInstanceARN': `arn:aws:ec2:us-west-2:${account}:instance/${instanceId}`,
      },
      StringEquals: {
        'aws:Ec2InstanceSourceVpc': vpcId,
        'sts:RoleSessionName': 'alice',
        'aws:VpcSourceIp': '${aws:Ec2InstanceSourcePrivateIPv4}',
      },
    },
  })
  const ceiling = await iam.send(
    new CreatePolicyCommand({
      PolicyName: 'ceiling',
      PolicyDocument: document(
        { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' },
        {
          Effect: 'Deny',
          Action: 'ec2:*',
          Resource: '*',
          Condition: { Null: { [`aws:ResourceTag/${tag.sandbox}`]: 'false' } },
        },
      ),
    }),
  )
  await iam.send(
    new CreateRoleCommand({
      RoleName: names.readonlyRole(user),
      AssumeRolePolicyDocument: trust,
      PermissionsBoundary: readOnlyAccess,
    }),
  )
  await iam.send(
    new AttachRolePolicyCommand({ RoleName: names.readonlyRole(user), PolicyArn: readOnlyAccess }),
  )
  await iam.send(
    new CreateRoleCommand({
      RoleName: names.elevatedRole(user),
      AssumeRolePolicyDocument: trust,
      PermissionsBoundary: ceiling.Policy?.Arn,
    }),
  )
}

const sandboxTags = (name: string) => [
  { ResourceType: 'instance' as const, Tags: [tag.sandbox, tag.owner].map((Key) => ({ Key, Value: name })) },
]

beforeAll(async () => {
  room = await openGuestRoom()
  await makeInstanceRole()
  const common = { UserData: Buffer.from(userData).toString('base64'), IamInstanceProfile: { Name: ec2Role } }
  alice = await room.launch({ ...common, TagSpecifications: sandboxTags('alice') })
  bob = await room.launch({ ...common, TagSpecifications: sandboxTags('bob') })
  await makeOwnRoles(alice, (await room.describe(alice)).VpcId ?? '')
  await Promise.all([room.online(alice, 180), room.online(bob, 180)])
}, 500_000)
afterAll(() => room?.close(), 60_000)

/** What `aws` says as the engineer: its output, or its error. */
const as = async (instanceId: string, profileName: string, command: string): Promise<string> => {
  const script = `runuser -l ec2-user -c 'aws --profile ${profileName} ${command} 2>&1' || true`
  return room.output(instanceId, script)
}

const npm = (name: string, ...argv: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const environment = { ...process.env, KIRO_SANDBOX_STATE: room.room.paths.state }
    const launcher = join(room.room.paths.root, 'scripts', 'launch.mjs')
    execFile(process.execPath, [launcher, name, ...argv], { env: environment }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })

test('the machine has two profiles; readonly reads and does not write, and opens no window', async () => {
  expect(await room.output(alice, `runuser -l ec2-user -c 'aws configure list-profiles'`)).toBe(
    'kiro-readonly\nkiro-elevated',
  )
  expect(await as(alice, 'kiro-readonly', 'ec2 describe-vpcs --query "length(Vpcs)"')).toMatch(/^\d+$/)
  expect(await as(alice, 'kiro-readonly', 's3 mb s3://not-mine')).toContain('AccessDenied')
  const forged = `iam put-role-policy --role-name ${names.elevatedRole(user)} --policy-name w --policy-document "{}"`
  expect(await as(alice, 'kiro-readonly', forged)).toContain('AccessDenied')
}, 240_000)

test('credentials of the machine are refused on another one, and by another address', async () => {
  const url = 'http://169.254.169.254/latest'
  const stolen = await room.output(
    alice,
    `t=$(curl -sS -X PUT -H 'x-aws-ec2-metadata-token-ttl-seconds: 60' ${url}/api/token); curl -sS -H "x-aws-ec2-metadata-token: $t" ${url}/meta-data/iam/security-credentials/${ec2Role}`,
  )
  const { AccessKeyId, SecretAccessKey, Token } = JSON.parse(stolen)
  const assume = `AWS_ACCESS_KEY_ID=${AccessKeyId} AWS_SECRET_ACCESS_KEY=${SecretAccessKey} AWS_SESSION_TOKEN=${Token} aws --region us-west-2 sts assume-role --role-arn ${roleArn(names.readonlyRole(user))} --role-session-name alice --query AssumedRoleUser.Arn --output text 2>&1 || true`
  expect(await room.output(alice, assume)).toContain('assumed-role/kiro-readonly-alice/alice')
  expect(await room.output(bob, assume)).toContain('AccessDenied')
  expect(await as(bob, 'kiro-readonly', 'ec2 describe-vpcs')).toContain('AccessDenied')
}, 240_000)

test('elevated: nothing before the window, what the boundary lets through in it, nothing from T on', async () => {
  expect(await as(alice, 'kiro-elevated', 's3 mb s3://before')).toContain('AccessDenied')
  expect((await npm('sandbox:elevation', '--user', 'alice')).code).toBe(3)
  const opened = await npm(
    'sandbox:elevate',
    '--user',
    'alice',
    '--for',
    '60s',
    '--reason',
    'JIRA-123',
    '--json',
  )
  expect(opened.stderr).toContain('closes by itself')
  expect(opened.code).toBe(0)
  const { until, probe, by } = JSON.parse(opened.stdout)
  expect([probe, by]).toEqual([{ kind: 'allowed' }, `arn:aws:iam::${account}:user/local-operator`])
  expect((await npm('sandbox:elevation', '--user', 'alice')).stdout).toMatch(
    /open for .*\n.*\n {2}reason {2}JIRA-123/,
  )
  // One process, one set of credentials, which asks until it is refused, and says when that was.
  const loop = await room.output(
    alice,
    `runuser -l ec2-user -c 'aws --profile kiro-elevated s3 mb s3://within; aws --profile kiro-elevated ec2 terminate-instances --instance-ids ${bob} 2>&1; n=0; while aws --profile kiro-elevated s3api head-bucket --bucket within; do n=$((n+1)); done 2>/dev/null; date -u +%s; echo calls $n; aws --profile kiro-elevated ec2 describe-regions 2>&1' || true`,
  )
  expect(loop).toContain('make_bucket: within')
  expect(loop).toMatch(/TerminateInstances.*explicit deny in a permissions boundary/s)
  expect(loop).toContain('explicit deny in an identity-based policy')
  expect(Number(/^calls (\d+)/m.exec(loop)?.[1])).toBeGreaterThan(0)
  expect(Number(/^(\d{10})$/m.exec(loop)?.[1]) * 1000).toBeGreaterThanOrEqual(Date.parse(until))
}, 240_000)

test('a window can be closed before its time', async () => {
  await npm('sandbox:elevate', '--user', 'alice', '--for', '10m', '--reason', 'again', '--allow', 's3:*')
  expect(await as(alice, 'kiro-elevated', 's3 ls')).toContain('within')
  expect((await npm('sandbox:deescalate', '--user', 'alice')).stderr).toContain('closed')
  expect(await as(alice, 'kiro-elevated', 's3 ls')).toContain('explicit deny')
}, 240_000)
