import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeRouteTablesCommand,
  DescribeVpcsCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { localAccountId } from '../../config/pins.ts'
import { openTerminal } from '../connect-command/terminal.ts'
import { openSession, readJson, type Session } from '../e2e/cli.ts'

const minutes = 60_000
const timeout = 2 * minutes

let session: Session
let aws: Record<string, string>
let ec2: EC2Client
let vpcId = ''
let subnetId = ''
const file = (name: string) => join(session.state, `${name}.json`)

beforeAll(async () => {
  session = openSession()
  await session.run('local:up')
  aws = await session.awsEnvironment()
  ec2 = new EC2Client(await session.sdkConfig())
  const made = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }))
  vpcId = made.Vpc?.VpcId ?? ''
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }))
  const subnet = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: '10.9.1.0/24' }))
  subnetId = subnet.Subnet?.SubnetId ?? ''
  const nat = await ec2.send(new CreateNatGatewayCommand({ SubnetId: subnetId, ConnectivityType: 'private' }))
  const Filters = [{ Name: 'vpc-id', Values: [vpcId] }]
  const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ Filters }))
  await ec2.send(
    new CreateRouteCommand({
      ...{ RouteTableId: RouteTables?.[0]?.RouteTableId ?? '', DestinationCidrBlock: '0.0.0.0/0' },
      NatGatewayId: nat.NatGateway?.NatGatewayId ?? '',
    }),
  )
}, 3 * minutes)
afterAll(() => session.close(), timeout)

describe('with flags alone', { timeout }, () => {
  test('a fresh file for the local target, which every command takes', async () => {
    const { code, stdout, stderr } = await session.run('init', '--config', file('local'))
    expect(code).toBe(0)
    expect(readJson(file('local'))).toEqual(JSON.parse(stdout))
    expect(readJson(file('local'))).toMatchObject({ version: 1, target: 'local' })
    expect(readJson(file('local')).$schema).toMatch(/config\/settings\.schema\.json$/)
    expect(stderr).toContain('nothing was created')
    expect((await session.run('cost', '--networks', '--config', file('local'))).code).toBe(0)
  })

  test('a second time there is nothing to write', async () => {
    const { code, stderr } = await session.run('init', '--config', file('local'))
    expect(code).toBe(0)
    expect(stderr).toContain('says so already')
  })

  test('a file that is there is not written over without a yes; the difference is shown', async () => {
    const before = readFileSync(file('local'), 'utf8')
    const wanted = ['--config', file('local'), '--region', 'eu-west-1']
    const { code, stdout, stderr } = await session.run('init', ...wanted)
    expect(code).toBe(2)
    expect(stdout).toBe('- region: "us-west-2"\n+ region: "eu-west-1"\n')
    expect(stderr).toContain('needs a yes')
    expect(readFileSync(file('local'), 'utf8')).toBe(before)
    expect((await session.run('init', ...wanted, '--yes')).code).toBe(0)
    expect(readJson(file('local')).region).toBe('eu-west-1')
  })

  test('--plan and --json: everything is said and nothing written', async () => {
    const { code, stdout } = await session.run(
      ...(['init', '--config', file('planned'), '--plan', '--json'] as const),
      ...['--target', 'aws', '--account', '123456789012', '--region', 'us-east-1'],
      ...['--network', 'managed', '--egress', 'balanced'],
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      settings: {
        target: 'aws',
        accountId: '123456789012',
        network: { mode: 'managed', egress: 'balanced' },
      },
      price: { monthly: expect.closeTo(73 + 32.85 + 3.65 + 24.528 + 2.4) },
      written: false,
    })
    expect(existsSync(file('planned'))).toBe(false)
  })

  test('a VPC of the local target is looked at; what is in the way is told, exit 3', async () => {
    const flags = ['--network', 'existing', '--egress', 'locked', '--vpc', vpcId, '--subnet', subnetId]
    const { code, stderr } = await session.run('init', '--config', file('there'), ...flags)
    expect(code).toBe(3)
    expect(stderr).toContain('egress is locked, and the VPC has no interface endpoint of ssm')
    expect(readJson(file('there')).network).toMatchObject({ mode: 'existing', cidr: '10.9.0.0/16' })
  })

  test.each([
    ['a file with a mistake', '{ "regoin": "x" }', [], /unknown setting regoin/],
    ['a file that is no JSON', '{', [], /is not valid JSON/],
    ['a bad flag', '{}', ['--region', 'oregon'], /--region "oregon"/],
    ['a flag for another target', '{}', ['--account', '111122223333'], /--account is for --target aws/],
  ])('%s: exit 2, and the file stays as it is', async (_name, text, flags, says) => {
    writeFileSync(file('bad'), text)
    const { code, stdout, stderr } = await session.run('init', '--config', file('bad'), ...flags)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(says)
    expect(readFileSync(file('bad'), 'utf8')).toBe(text)
  })

  test('a folder that is not there, and an account nobody can say', async () => {
    const nowhere = await session.run('init', '--config', join(session.state, 'no', 'such.json'))
    expect(nowhere.code).toBe(2)
    expect(nowhere.stderr).toContain('does not exist')
    const bare = [
      'env',
      ['-u', 'AWS_ACCESS_KEY_ID', 'AWS_EC2_METADATA_DISABLED=true', `HOME=${session.state}`],
    ] as const
    const { code, stderr } = await session.exec(bare[0], [
      ...bare[1],
      ...session.argv('init', '--config', file('nobody'), '--target', 'aws'),
    ])
    expect(code).toBe(2)
    expect(stderr).toContain('nothing of AWS could be looked at')
    expect(stderr).toContain('--target aws needs --account')
    expect(existsSync(file('nobody'))).toBe(false)
  })
})

describe.sequential('at a terminal', { timeout }, () => {
  const open = (name: string, ...more: string[]) => {
    const argv = session.argv('init', '--config', file(name), ...more)
    // The real SDK, led to the emulated AWS as people lead it elsewhere.
    const terminal = openTerminal(argv, { ...session.env, ...aws, HOME: session.state })
    onTestFinished(() => void terminal.close())
    return terminal
  }

  test('looks around, asks what is left, asks again for what is wrong, and creates nothing', async () => {
    const before = (await ec2.send(new DescribeVpcsCommand({}))).Vpcs?.length
    const terminal = open('asked')
    await terminal.see(/Where shall sandboxes be\?[\s\S]*number \[1\] /)
    terminal.type('aws\r')
    await terminal.see(/"aws" is not a number from 1 to 2[\s\S]*number \[1\] /)
    terminal.type('2\r')
    await terminal.see(/Region\? \[us-west-2\] /)
    terminal.type('\r')
    await terminal.see(new RegExp(`You are arn:aws:iam::${localAccountId}:[\\s\\S]*\\[${localAccountId}\\] `))
    terminal.type('\r')
    await terminal.see(
      /managed, balanced .*\(\$109\.50 a month\)[\s\S]*existing .*found 2[\s\S]*number \[2\] /,
    )
    terminal.type('4\r')
    await terminal.see(/What shall sandboxes reach\?[\s\S]*number \[1\] /)
    terminal.type('\r')
    const vpcs = await terminal.see(/Which VPC\?[\s\S]*number \[1\] /)
    terminal.type(`${/(\d) {2}vpc-\S+ {2}10\.9\.0\.0\/16/.exec(vpcs)?.[1]}\r`)
    await terminal.see(/Which subnets[\s\S]*by a NAT gateway to the internet[\s\S]*numbers \[1\] /)
    terminal.type('\r')
    await terminal.see(/AWS Builder ID\? \[none\] /)
    terminal.type('\r')
    await terminal.see(/a sandbox, t4g\.medium, day and night[\s\S]*Write .*\? \[y\/N\] /)
    expect(existsSync(file('asked'))).toBe(false)
    terminal.type('y\r')
    await terminal.see(/nothing was created/)
    expect(await terminal.ended).toEqual({ code: 0, restored: true })
    expect(readJson(file('asked'))).toMatchObject({
      ...{ version: 1, target: 'aws', region: 'us-west-2', accountId: localAccountId },
      network: {
        mode: 'existing',
        egress: 'open',
        cidr: '10.9.0.0/16',
        existing: { vpcId, subnetIds: [subnetId] },
      },
    })
    expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs?.length).toBe(before)
    expect(readdirSync(session.state).filter((name) => name.includes('.kiro-'))).toEqual([])
  })

  test('no at the end, and Ctrl-C at a question, leave everything as it was', async () => {
    const declined = open('declined', '--target', 'local')
    await declined.see(/Write .*\? \[y\/N\] /)
    declined.type('\r')
    expect((await declined.ended).code).toBe(130)
    const cut = open('declined')
    await cut.see(/number \[1\] /)
    cut.type('\x03')
    expect((await cut.ended).code).toBe(130)
    expect(cut.shown()).toContain('nothing was changed')
    expect(existsSync(file('declined'))).toBe(false)
  })
})
