import { describe, expect, test } from 'vitest'
import { planEgressDomains } from '../../config/egress-domains.ts'
import { type NetworkSettings, networkSettings } from '../../config/network.ts'
import { planNetworkSpec, planSandboxSpec } from '../../config/plan-specs.ts'
import { defaultSettings } from '../../config/settings.ts'
import { parseNetworkSpec } from '../../config/spec.ts'
import { renderNetwork } from '../../stacks/synth.ts'
import { accountId, networkSpec, resources, sandboxSpec } from './specs.ts'

const vpcId = 'vpc-0a1b2c3d4e5f60718'
const subnetIds = ['subnet-0a1b2c3d4e5f60718', 'subnet-1a1b2c3d4e5f60718']
const existing = { vpcId, subnetIds }
const simple = { subnetId: subnetIds[0], securityGroupId: 'sg-0a1b2c3d4e5f60718' }

const render = (network: object): string =>
  renderNetwork(planNetworkSpec({ ...defaultSettings(), network: networkSettings.parse(network) }, accountId))
const outputs = (json: string) =>
  Object.fromEntries(
    Object.entries((JSON.parse(json) as { output: Record<string, { value: unknown }> }).output).map(
      ([name, { value }]) => [name, value],
    ),
  )
const types = (json: string): string[] =>
  Object.keys((JSON.parse(json) as { resource: Record<string, unknown> }).resource).sort()
const out = (json: string) => resources('aws_vpc_security_group_egress_rule', json)
const addressesOf = (json: string): string[] =>
  Object.entries(
    (JSON.parse(json) as { resource: Record<string, Record<string, unknown>> }).resource,
  ).flatMap(([type, found]) => Object.keys(found).map((id) => `${type}.${id}`))

describe('managed', () => {
  const locked = render({})

  test('locked has no way to the internet: no gateway, no route, no address', () => {
    expect(types(locked).filter((type) => /internet|nat|eip|aws_route$|resolver/.test(type))).toEqual([])
    expect(outputs(locked).natAddresses).toEqual([])
  })

  test.each(['balanced', 'open'])(
    '%s leaves through one NAT gateway with an address that is told',
    (egress) => {
      const json = render({ egress })
      expect(resources('aws_nat_gateway', json)).toHaveLength(1)
      expect(outputs(json).natAddresses).toEqual([expect.stringMatching(/^\$\{aws_eip\..*\.public_ip\}$/)])
      const routes = resources('aws_route', json)
      expect(routes.map(({ nat_gateway_id }) => nat_gateway_id !== undefined).sort()).toEqual([false, true])
      for (const subnet of resources('aws_subnet', json)) expect(subnet.map_public_ip_on_launch).toBe(false)
    },
  )

  test('changing egress takes nothing of the network away that was there before', () => {
    for (const egress of ['balanced', 'open'])
      expect(addressesOf(render({ egress }))).toEqual(expect.arrayContaining(addressesOf(locked)))
  })

  test('the public subnet meets none of the private ones, however many there are', () => {
    const ranges = resources('aws_subnet', render({ egress: 'open', subnets: 3 })).map(
      (one) => one.cidr_block,
    )
    expect(new Set(ranges).size).toBe(4)
    expect(ranges).toContain('10.20.240.0/20')
  })

  test('balanced: HTTPS only, and names that are not on the list do not exist', () => {
    const json = render({ egress: 'balanced', allowDomains: ['*.example.com'] })
    expect(out(json).every(({ ip_protocol }) => ip_protocol === 'tcp')).toBe(true)
    const lists = resources('aws_route53_resolver_firewall_domain_list', json)
    const allowed = lists.find(({ name }) => name === 'kiro-sandbox-allowed')?.domains
    expect(allowed).toEqual(planEgressDomains(['*.example.com']).map((name) => `${name}.`))
    for (const name of [
      '*.kiro.dev.',
      '*.awsapps.com.',
      'registry.npmjs.org.',
      'github.com.',
      '*.example.com.',
    ])
      expect(allowed).toContain(name)
    const rules = resources('aws_route53_resolver_firewall_rule', json)
    expect(rules.map(({ priority, action }) => [priority, action]).sort()).toEqual([
      [10, 'ALLOW'],
      [20, 'BLOCK'],
    ])
    expect(resources('aws_route53_resolver_firewall_rule_group_association', json)).toHaveLength(1)
  })

  test('open: sandboxes reach anything, machines that build images HTTPS', () => {
    const anything = out(render({ egress: 'open' })).filter(({ ip_protocol }) => ip_protocol === '-1')
    expect(anything.map(({ security_group_id }) => security_group_id)).toEqual([
      expect.stringContaining('instances'),
    ])
  })

  test('flow logs say everything, to a log group that is kept as long as that of sessions', () => {
    const json = render({ flowLogs: true })
    expect(resources('aws_flow_log', json)).toMatchObject([{ traffic_type: 'ALL' }])
    expect(resources('aws_cloudwatch_log_group', json)).toContainEqual(
      expect.objectContaining({ name: '/kiro-sandbox/flow-logs', retention_in_days: 365 }),
    )
    expect(resources('aws_flow_log', locked)).toEqual([])
  })
})

describe('existing', () => {
  const mine = /vpc_security|security_group|instance_connect|ssm_document|log_group|iam_/

  test('makes groups, an Instance Connect Endpoint and what sessions need, and nothing else', () => {
    const json = render({ mode: 'existing', existing })
    expect(types(json).filter((type) => !mine.test(type))).toEqual([])
    for (const group of resources('aws_security_group', json)) expect(group.vpc_id).toBe(vpcId)
    expect(resources('aws_ec2_instance_connect_endpoint', json)).toMatchObject([{ subnet_id: subnetIds[0] }])
    expect(outputs(json)).toMatchObject({ vpcId, subnetIds, natAddresses: [] })
  })

  test('locked reaches the range of the VPC and S3, whatever routes there are', () => {
    const rules = out(render({ mode: 'existing', existing, cidr: '10.9.0.0/16' })).filter(
      ({ from_port }) => from_port === 443,
    )
    expect(new Set(rules.map(({ cidr_ipv4, prefix_list_id }) => cidr_ipv4 ?? prefix_list_id))).toEqual(
      new Set(['10.9.0.0/16', expect.stringMatching(/^\$\{data\.aws_ec2_managed_prefix_list\./)]),
    )
  })

  test('an Instance Connect Endpoint that is there is let in, and no second one is made', () => {
    const connectEndpointGroupId = 'sg-0fedcba9876543210'
    const json = render({
      mode: 'existing',
      instanceConnectEndpoint: false,
      existing: { ...existing, connectEndpointGroupId },
    })
    expect(resources('aws_ec2_instance_connect_endpoint', json)).toEqual([])
    expect(resources('aws_vpc_security_group_ingress_rule', json)).toMatchObject([
      { from_port: 22, to_port: 22, referenced_security_group_id: connectEndpointGroupId },
    ])
  })

  test('a DNS firewall comes into a VPC of others only when the settings say that it may', () => {
    const wanted = { mode: 'existing', egress: 'balanced' }
    expect(() => render({ ...wanted, existing })).toThrow(/DNS firewall holds for everything/)
    const json = render({ ...wanted, existing: { ...existing, dnsFirewall: true } })
    expect(resources('aws_route53_resolver_firewall_rule_group_association', json)).toMatchObject([
      { vpc_id: vpcId },
    ])
  })
})

describe('simple', () => {
  const json = render({ mode: 'simple', simple })

  test('makes nothing in the network', () => {
    expect(types(json)).toEqual([
      'aws_cloudwatch_log_group',
      'aws_iam_instance_profile',
      'aws_iam_role',
      'aws_iam_role_policy',
      'aws_ssm_document',
    ])
  })

  test('sandboxes and builders stand in the given subnet with the given group', () =>
    expect(outputs(json)).toMatchObject({
      vpcId: expect.stringMatching(/^\$\{data\.aws_subnet\..*\.vpc_id\}$/),
      subnetIds: [simple.subnetId],
      securityGroupId: simple.securityGroupId,
      builderGroupId: simple.securityGroupId,
    }))
})

test('only a network with an STS endpoint of its own binds credentials to it', () => {
  const binding = (network: object) =>
    planSandboxSpec({ ...defaultSettings(), network: networkSettings.parse(network) }, accountId, {
      ...{ user: sandboxSpec.user, image: sandboxSpec.image, previous: undefined },
      network: { vpcId, subnetIds, securityGroupId: 'sg-1' },
    }).access.binding.mode
  expect([binding({}), binding({ endpoints: [] })]).toEqual(['vpce', 'none'])
  expect([binding({ mode: 'existing', existing }), binding({ mode: 'simple', simple })]).toEqual([
    'none',
    'none',
  ])
})

test('a spec from before there were modes is of a locked network of its own', () => {
  const { mode: _m, egress: _e, domains: _d, flowLogs: _f, ...before } = networkSpec
  expect(parseNetworkSpec(before, 'network')).toEqual(networkSpec)
})

describe('settings that cannot be meant are refused', () => {
  const cases: readonly [string, Partial<Record<keyof NetworkSettings, unknown>>, RegExp][] = [
    ['existing without a VPC', { mode: 'existing' }, /needs network\.existing with vpcId/],
    ['simple without a subnet', { mode: 'simple' }, /needs network\.simple with subnetId/],
    [
      'an id that is none',
      { mode: 'existing', existing: { ...existing, vpcId: 'vpc-mine' } },
      /an id such as/,
    ],
    ['a subnet twice', { existing: { vpcId, subnetIds: [subnetIds[0], subnetIds[0]] } }, /each subnet once/],
    ['no subnet', { existing: { vpcId, subnetIds: [] } }, />=1 items/],
    ['a name that is none', { allowDomains: ['https://example.com'] }, /a name such as example\.com/],
    ['a whole top level', { allowDomains: ['*.com.'] }, /a name such as example\.com/],
    ['a name twice', { allowDomains: ['a.example', 'a.example'] }, /each name once/],
    [
      'two Instance Connect Endpoints',
      { mode: 'existing', existing: { ...existing, connectEndpointGroupId: 'sg-0fedcba9876543210' } },
      /a VPC needs one only/,
    ],
  ]
  test.each(cases)('%s', (_name, network, says) => {
    const { error } = networkSettings.safeParse(network)
    expect(error?.issues.map(({ message }) => message).join('; ')).toMatch(says)
  })
})
