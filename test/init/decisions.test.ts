import { describe, expect, test } from 'vitest'
import { parseSettings } from '../../config/parse-settings.ts'
import { defaultSettings } from '../../config/settings.ts'
import { UserError } from '../../config/user-error.ts'
import { parseProfile } from '../../scripts/init/look.ts'
import { parseChoice } from '../../scripts/init/menu.ts'
import { planPrice, planSettings } from '../../scripts/init/plan-file.ts'
import { type InitFlags, parseWishes, type Wishes } from '../../scripts/init/wishes.ts'

const none: InitFlags = {
  ...{ target: undefined, account: undefined, region: undefined, network: undefined, egress: undefined },
  ...{ vpc: undefined, subnet: [], group: undefined, loginUrl: undefined, loginRegion: undefined },
  ...{ config: undefined, plan: false, json: false, yes: false },
}
const vpc = 'vpc-0a1b2c3d4e5f60718'
const subnet = ['subnet-0a1b2c3d4e5f60718']
const group = 'sg-0a1b2c3d4e5f60718'

describe('each bad flag is one sentence with the wrong value, and exit code 2', () => {
  const cases: readonly [string, Partial<InitFlags>, RegExp][] = [
    [
      'an account that is none',
      { target: 'aws', account: '1234' },
      /--account "1234": an AWS account has 12 digits/,
    ],
    ['a region that is none', { region: 'oregon' }, /--region "oregon": .* such as us-west-2/],
    ['a region of another partition', { region: 'cn-north-1' }, /--region "cn-north-1"/],
    [
      'a VPC that is none',
      { network: 'existing', vpc: 'mine', subnet },
      /--vpc "mine": an id looks like vpc-/,
    ],
    ['a subnet that is none', { network: 'existing', vpc, subnet: ['subnet-x'] }, /--subnet "subnet-x"/],
    ['a group that is none', { network: 'simple', subnet, group: 'default' }, /--group "default"/],
    [
      'a URL that is none',
      { loginUrl: 'acme', loginRegion: 'us-east-1' },
      /--login-url "acme": .*awsapps\.com/,
    ],
    ['an account for local', { target: 'local', account: '111122223333' }, /--account is for --target aws/],
    ['a VPC for a network of its own', { network: 'managed', vpc }, /--vpc is for --network existing/],
    ['a subnet without a network', { subnet }, /--subnet is for --network existing/],
    ['a group for a VPC', { network: 'existing', vpc, subnet, group }, /--group is for --network simple/],
    ['egress where the group decides', { network: 'simple', egress: 'open' }, /--egress means nothing in/],
    [
      'two subnets where there is one',
      { network: 'simple', subnet: [...subnet, 'subnet-1a1b2c3d'] },
      /has one --subnet/,
    ],
    ['half a login', { loginUrl: 'https://acme.awsapps.com/start' }, /belong together/],
  ]
  test.each(cases)('%s', (_name, flags, says) => {
    const wrong = () => parseWishes({ ...none, ...flags })
    expect(wrong).toThrow(says)
    expect(wrong).toThrow(expect.objectContaining({ exitCode: 2, hint: expect.stringMatching(/./) }))
  })

  test.each([
    ['existing', { network: 'existing', vpc }, /--network existing needs --vpc and --subnet/],
    ['simple', { network: 'simple', subnet }, /--network simple needs --subnet and --group/],
  ] as const)('%s without what it names', (_name, flags, says) => {
    const wishes = parseWishes({ ...none, ...flags })
    expect(() => planSettings({}, wishes, undefined, './s.json')).toThrow(says)
    expect(() => planSettings({}, wishes, undefined, './s.json')).toThrow(UserError)
  })
})

test.each([
  ['2', 3, false, [1]],
  ['1, 3', 3, true, [0, 2]],
  ['1 1', 3, true, [0]],
  ['1,2', 3, false, undefined],
  ['0', 3, false, undefined],
  ['4', 3, true, undefined],
  ['1.5', 3, false, undefined],
  ['all', 3, true, undefined],
  [',', 3, true, undefined],
])('"%s" of %i, several %s', (text, count, several, expected) =>
  expect(parseChoice(text, count, several)).toEqual(expected),
)

describe('what ~/.aws/config knows is found in both of its forms', () => {
  test('a session of its own', () => {
    const config = `[sso-session acme]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1
[profile dev]\nsso_session = acme\nregion = us-east-2\n`
    expect(parseProfile(config, 'dev')).toEqual({
      ...{ region: 'us-east-2', startUrl: 'https://acme.awsapps.com/start', loginRegion: 'eu-west-1' },
    })
  })

  test('in the profile itself, and none at all', () => {
    const config = `[default]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\n[profile bare]\n`
    expect(parseProfile(config, 'default').loginRegion).toBe('eu-west-1')
    expect(parseProfile(config, 'bare')).toEqual({
      region: undefined,
      startUrl: undefined,
      loginRegion: undefined,
    })
    expect(parseProfile('', 'default').startUrl).toBeUndefined()
  })
})

describe('the file', () => {
  const wishes: Wishes = parseWishes({ ...none, target: 'aws', account: '111122223333', region: 'eu-west-1' })
  const ground = { cidr: '10.9.0.0/16', connectEndpointGroupId: 'sg-0fedcba9876543210' }
  const plan = (before: object, more: Partial<Wishes>, with_ = undefined as typeof ground | undefined) =>
    planSettings(before as never, { ...wishes, ...more }, with_, './config/settings.schema.json')

  test('names its schema and its version, and settings of this release take it', () => {
    const data = plan({}, { network: 'managed', egress: 'balanced' })
    expect(Object.entries(data).slice(0, 2)).toEqual([
      ['$schema', './config/settings.schema.json'],
      ['version', 1],
    ])
    expect(parseSettings(JSON.stringify(data), 'x')).toMatchObject({
      ...{ target: 'aws', region: 'eu-west-1', accountId: '111122223333' },
      network: { mode: 'managed', egress: 'balanced', flowLogs: true },
    })
  })

  test('a VPC that is there brings its range, and its Instance Connect Endpoint is used', () => {
    const data = plan({}, { network: 'existing', egress: 'open', vpcId: vpc, subnetIds: subnet }, ground)
    expect(parseSettings(JSON.stringify(data), 'x').network).toMatchObject({
      ...{ mode: 'existing', cidr: '10.9.0.0/16', instanceConnectEndpoint: false },
      existing: { vpcId: vpc, subnetIds: subnet, connectEndpointGroupId: 'sg-0fedcba9876543210' },
    })
  })

  test('of an older file stays what was not asked about', () => {
    const before = {
      target: 'local',
      instance: { type: 't4g.large' },
      network: { subnets: 3, allowDomains: ['a.example'] },
    }
    expect(plan(before, { network: 'managed', egress: 'open' })).toMatchObject({
      ...{ target: 'aws', instance: { type: 't4g.large' } },
      network: { mode: 'managed', egress: 'open', subnets: 3, allowDomains: ['a.example'] },
    })
    expect(plan(before, {}).network).toEqual(before.network)
  })

  test('another mode takes along nothing that was true of the VPC before', () => {
    const before = plan({}, { network: 'existing', egress: 'open', vpcId: vpc, subnetIds: subnet }, ground)
    expect(plan(before, { network: 'managed' }).network).toEqual({ mode: 'managed', flowLogs: true })
    const simple = plan(before, { network: 'simple', subnetIds: subnet, groupId: group }, ground)
    expect(simple.network).toEqual({
      ...{ mode: 'simple', cidr: '10.9.0.0/16' },
      simple: { subnetId: subnet[0], securityGroupId: group },
    })
  })

  test('its price is that of the network and one sandbox', () => {
    expect(planPrice(defaultSettings()).monthly).toBeCloseTo(73 + 0.0336 * 730 + 2.4)
    expect(planPrice({ ...defaultSettings(), region: 'sa-east-1' }).monthly).toBeUndefined()
  })
})
