import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GuestRoom, openGuestRoom, roleName } from './fixture.ts'

let room: GuestRoom
let id = ''
beforeAll(async () => {
  room = await openGuestRoom()
  id = await room.launch()
  await room.online(id)
}, 400_000)
afterAll(() => room?.close())

const asEngineer = (command: string) => `runuser -l ec2-user -c '${command}'`

test('the AWS CLI of a guest is its role, with nothing configured but the region', async () => {
  const text = await room.output(
    id,
    asEngineer('aws sts get-caller-identity --region us-west-2 --query Arn --output text'),
  )
  expect(text).toBe(`arn:aws:sts::111122223333:assumed-role/${roleName}/${id}`)
})

test('profiles of ~/.aws/config assume roles from it, under their own session name', async () => {
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'sts:AssumeRole' },
    ],
  }
  await room.clients.iam.send(
    new CreateRoleCommand({
      RoleName: 'kiro-readonly-alice',
      AssumeRolePolicyDocument: JSON.stringify(trust),
    }),
  )
  await room.clients.iam.send(
    new PutRolePolicyCommand({
      RoleName: roleName,
      PolicyName: 'assume',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' },
      }),
    }),
  )
  const config = [
    '[profile kiro-readonly]',
    'role_arn = arn:aws:iam::111122223333:role/kiro-readonly-alice',
    'credential_source = Ec2InstanceMetadata',
    'role_session_name = alice',
    'region = us-west-2',
  ].join('\n')
  const script = `install -d -o ec2-user -m 700 /home/ec2-user/.aws
cat >/home/ec2-user/.aws/config <<'END'
${config}
END
chown ec2-user /home/ec2-user/.aws/config
${asEngineer('aws sts get-caller-identity --profile kiro-readonly --query Arn --output text')}`
  expect(await room.output(id, script)).toBe(
    'arn:aws:sts::111122223333:assumed-role/kiro-readonly-alice/alice',
  )
})

test('S3 works by its ordinary names, and a role that does not exist is refused', async () => {
  const script = [
    'export AWS_DEFAULT_REGION=us-west-2',
    'aws s3 mb s3://from-a-guest',
    'echo hello | aws s3 cp - s3://from-a-guest/greeting',
    'aws s3 cp s3://from-a-guest/greeting -',
    'aws sts assume-role --role-arn arn:aws:iam::111122223333:role/nobody --role-session-name someone 2>&1 || true',
  ].join('\n')
  const text = await room.output(id, script)
  expect(text).toContain('hello')
  expect(text).toContain('AccessDenied')
})

test('packages come from the versioned repository at the address of Amazon Linux', async () => {
  expect((await room.command(id, 'command -v unzip')).Status).toBe('Failed')
  await room.output(id, 'dnf install -y unzip')
  expect(await room.output(id, 'rpm -q unzip && unzip -v | head -1')).toMatch(/^unzip-.*\nUnZip/)
  const unknown = await room.command(id, 'dnf --releasever=2023.1.20990101 install -y tree')
  expect(unknown.Status).toBe('Failed')
}, 120_000)

test('who did what is in the event history: the engineer, the guest, and its agent', async () => {
  const lookUp = async (value: string, key = 'EventName') => {
    const { stdout, stderr } = await room.aws(
      ...['cloudtrail', 'lookup-events', '--output', 'json'],
      ...['--lookup-attributes', `AttributeKey=${key},AttributeValue=${value}`],
    )
    expect(stderr).toBe('')
    return (
      JSON.parse(stdout) as { Events: { EventName: string; Username: string; CloudTrailEvent: string }[] }
    ).Events
  }
  const [run] = await lookUp('RunInstances')
  expect(run?.Username).toBe('local-operator')
  expect((await lookUp(id, 'ResourceName')).map(({ EventName }) => EventName)).toContain('RunInstances')
  const assumed = (await lookUp('AssumeRole')).map(
    ({ CloudTrailEvent }) =>
      JSON.parse(CloudTrailEvent) as { userIdentity: { arn: string }; sourceIPAddress: string },
  )
  expect(assumed.map(({ userIdentity }) => userIdentity.arn)).toContain(
    `arn:aws:sts::111122223333:assumed-role/${roleName}/${id}`,
  )
  const { NetworkInterfaces } = await room.describe(id)
  expect(assumed[0]?.sourceIPAddress).toBe(NetworkInterfaces?.[0]?.PrivateIpAddress)
  const [sent] = await lookUp('SendCommand')
  expect(sent?.CloudTrailEvent).not.toContain('from-a-guest')
})
