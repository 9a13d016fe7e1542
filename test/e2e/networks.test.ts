import { writeFileSync } from 'node:fs'
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DescribeFlowLogsCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
} from '@aws-sdk/client-ec2'
import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { names } from '../../config/names.ts'
import { localAccountId } from '../../config/pins.ts'
import { openSession, type Session } from './cli.ts'

const minutes = 60_000
const timeout = 5 * minutes
const quick = { image: { use: 'stock' }, local: { machines: 'off' } }
const user = ['--user', 'alice'] as const

let session: Session
let ec2: EC2Client
const choose = (network: object) => writeFileSync(session.settingsFile, JSON.stringify({ ...quick, network }))

const up = async (...more: string[]) => {
  const ended = await session.run('sandbox:up', ...user, ...more)
  expect(ended.stderr).not.toContain('bug:')
  return ended
}

/** Terraform's own word that what stands is what was asked for. */
const expectNoDrift = async () => {
  const { stdout, stderr, code } = await session.run('sandbox:plan', ...user)
  expect({ code, stdout, stderr }).toMatchObject({
    code: 0,
    stdout: 'network: no changes\nsandbox-alice: no changes\n',
  })
}

const inOurs = async () => {
  const Filters = [{ Name: 'tag:Name', Values: ['kiro-sandbox'] }]
  return (await ec2.send(new DescribeVpcsCommand({ Filters }))).Vpcs?.[0]?.VpcId ?? ''
}

beforeAll(async () => {
  session = openSession(quick)
  await session.run('local:up')
  ec2 = new EC2Client(await session.sdkConfig())
}, timeout)
afterAll(() => session.close(), timeout)

describe.sequential('a network of its own', { timeout }, () => {
  const own = { endpoints: ['sts'], subnets: 1 }

  test('balanced: NAT gateway, DNS firewall and flow logs are made, and a second plan is empty', async () => {
    choose({ ...own, egress: 'balanced', flowLogs: true })
    expect((await up()).code).toBe(0)
    await expectNoDrift()
    const vpcId = await inOurs()
    const Filter = [{ Name: 'vpc-id', Values: [vpcId] }]
    expect((await ec2.send(new DescribeNatGatewaysCommand({ Filter }))).NatGateways).toHaveLength(1)
    expect((await ec2.send(new DescribeFlowLogsCommand({}))).FlowLogs).toMatchObject([{ ResourceId: vpcId }])
    const dns = await session.exec('aws', [
      ...['route53resolver', 'list-firewall-rule-group-associations', '--vpc-id', vpcId],
      ...['--query', 'length(FirewallRuleGroupAssociations)'],
    ])
    expect(dns.stdout).toBe('1\n')
  })

  test('a lost state finds gateway, address, routes, flow log and DNS firewall again', async () => {
    const s3 = new S3Client({ ...(await session.sdkConfig()), forcePathStyle: true })
    const Bucket = names.stateBucket(localAccountId, 'us-west-2')
    await s3.send(new DeleteObjectCommand({ Bucket, Key: names.stateKey('network') }))
    expect((await up('--yes')).code).toBe(0)
    await expectNoDrift()
    const Filter = [{ Name: 'vpc-id', Values: [await inOurs()] }]
    expect((await ec2.send(new DescribeNatGatewaysCommand({ Filter }))).NatGateways).toHaveLength(1)
  })

  test('another mode is refused while a sandbox stands in it, with --yes too, and nothing changes', async () => {
    choose({ mode: 'simple', simple: { subnetId: 'subnet-0a1b2c3d', securityGroupId: 'sg-0a1b2c3d' } })
    const missing = await up('--yes')
    expect(missing.code).toBe(1)
    expect(missing.stderr).toContain('there is no subnet subnet-0a1b2c3d in us-west-2')
    choose({ ...own, cidr: '10.30.0.0/16', egress: 'balanced', flowLogs: true })
    const moved = await up('--yes')
    expect(moved.code).toBe(1)
    expect(moved.stderr).toMatch(
      /network\.cidr is 10\.20\.0\.0\/16 there and 10\.30\.0\.0\/16 in the settings/,
    )
    expect(moved.stderr).toContain('npm run sandbox:down -- --user alice')
    const plan = await session.run('sandbox:up', ...user, '--plan')
    expect(plan.stdout).toMatch(/^change to the new settings: network .*\n {2}because network\.cidr is/)
  })

  test('open: what balanced had beyond it goes after a yes, and a second plan is empty', async () => {
    choose({ ...own, egress: 'open', flowLogs: true })
    const asked = await up()
    expect(asked.code).toBe(1)
    expect(asked.stderr).toContain('network would be disrupted: delete')
    expect((await up('--yes')).code).toBe(0)
    await expectNoDrift()
  })

  test('locked: the way out is gone, and a second plan is empty', async () => {
    choose({ ...own, egress: 'locked' })
    expect((await up('--yes')).code).toBe(0)
    await expectNoDrift()
    expect((await session.run('sandbox:down', ...user, '--yes')).code).toBe(0)
    expect(await inOurs()).toBe('')
  })
})

describe.sequential("somebody else's network", { timeout }, () => {
  let vpcId = ''
  let subnetId = ''
  let groupId = ''

  beforeAll(async () => {
    const made = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }))
    vpcId = made.Vpc?.VpcId ?? ''
    const subnet = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.9.1.0/24' }))
    subnetId = subnet.Subnet?.SubnetId ?? ''
    const Filters = [{ Name: 'vpc-id', Values: [vpcId] }]
    const groups = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))
    groupId = groups.SecurityGroups?.[0]?.GroupId ?? ''
  })
  const existing = (more: object = {}) => ({
    ...{ mode: 'existing', cidr: '10.9.0.0/16', ...more },
    existing: { vpcId, subnetIds: [subnetId], dnsFirewall: true },
  })

  test('what is in the way is said before anything is made', async () => {
    choose(existing({ egress: 'open' }))
    const { code, stderr } = await up()
    expect(code).toBe(1)
    expect(stderr).toContain(`DNS host names are switched off in ${vpcId}`)
    expect(stderr).toContain(`${subnetId} has no route to the internet`)
    expect((await session.run('sandbox:up', ...user, '--plan')).code).toBe(1)
    const Filters = [{ Name: 'vpc-id', Values: [vpcId] }]
    expect((await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups).toHaveLength(1)
  })

  test('with a NAT gateway there: open, and a second plan is empty', async () => {
    await ec2.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }))
    const nat = await ec2.send(
      new CreateNatGatewayCommand({ SubnetId: subnetId, ConnectivityType: 'private' }),
    )
    const Filters = [{ Name: 'vpc-id', Values: [vpcId] }]
    const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ Filters }))
    const RouteTableId = RouteTables?.[0]?.RouteTableId ?? ''
    await ec2.send(
      new CreateRouteCommand({
        ...{ RouteTableId, DestinationCidrBlock: '0.0.0.0/0' },
        NatGatewayId: nat.NatGateway?.NatGatewayId ?? '',
      }),
    )
    expect((await up()).code).toBe(0)
    await expectNoDrift()
  })

  test('balanced puts the DNS firewall there, and a second plan is empty', async () => {
    choose(existing({ egress: 'balanced' }))
    expect((await up('--yes')).code).toBe(0)
    await expectNoDrift()
  })

  test('locked wants endpoints that let it in; with them a second plan is empty', async () => {
    choose(existing({ egress: 'locked' }))
    const refused = await up('--yes')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('egress is locked, and the VPC has no interface endpoint of ssm')
    const Filters = [{ Name: 'vpc-id', Values: [vpcId] }]
    const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters }))
    await ec2.send(
      new CreateVpcEndpointCommand({
        ...{ VpcId: vpcId, ServiceName: 'com.amazonaws.us-west-2.s3', VpcEndpointType: 'Gateway' },
        RouteTableIds: RouteTables.flatMap((table) => table.RouteTableId ?? []),
      }),
    )
    for (const service of ['ssm', 'ssmmessages', 'ec2messages', 'logs', 'sts'])
      await ec2.send(
        new CreateVpcEndpointCommand({
          ...{
            VpcId: vpcId,
            ServiceName: `com.amazonaws.us-west-2.${service}`,
            VpcEndpointType: 'Interface',
          },
          ...{ SubnetIds: [subnetId], SecurityGroupIds: [groupId], PrivateDnsEnabled: true },
        }),
      )
    expect((await up('--yes')).stderr).toContain('lets in no HTTPS from 10.9.0.0/16')
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: groupId,
        IpPermissions: [
          { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.9.0.0/16' }] },
        ],
      }),
    )
    const locked = await up('--yes')
    expect(locked.stderr).not.toContain('error:')
    expect(locked.code).toBe(0)
    await expectNoDrift()
  })

  test('down takes ours and leaves theirs', async () => {
    expect((await session.run('sandbox:down', ...user, '--yes')).code).toBe(0)
    const Filters = [{ Name: 'vpc-id', Values: [vpcId] }]
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))
    expect(SecurityGroups?.map(({ GroupId }) => GroupId)).toEqual([groupId])
    expect((await ec2.send(new DescribeVpcEndpointsCommand({ Filters }))).VpcEndpoints).toHaveLength(6)
  })

  test('simple: one subnet and one group that are there, and a second plan is empty', async () => {
    choose({
      ...{ mode: 'simple', cidr: '10.9.0.0/16' },
      simple: { subnetId, securityGroupId: groupId },
    })
    expect((await up()).code).toBe(0)
    await expectNoDrift()
    const status = await session.run('sandbox:status', ...user, '--json')
    expect(status.stdout).toContain(groupId)
    expect((await session.run('sandbox:down', ...user, '--yes')).code).toBe(0)
    const Filters = [{ Name: 'vpc-id', Values: [vpcId] }]
    expect((await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups).toHaveLength(1)
  })
})
