import { describe, expect, test } from 'vitest'
import { decideGround } from '../../scripts/network/decide-ground.ts'
import type { NetworkGround } from '../../scripts/network/ground.ts'
import { existing, groupId, simple, specOf, subnetId, vpcId } from './specs.ts'

const services = ['ssm', 'ssmmessages', 'ec2messages', 'logs', 'sts']

const everything = { Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] }
const endpoint = (service: string): NetworkGround['endpoints'][number] => ({
  ...{ id: `vpce-${service}`, service, state: 'available', privateDns: true, groupIds: [groupId] },
  policy: JSON.stringify(everything),
})

/** A VPC in which sandboxes would work. */
const sound: NetworkGround = {
  vpc: { id: vpcId, ranges: ['10.20.0.0/16'], dnsSupport: true, dnsHostnames: true },
  subnets: [{ id: subnetId, vpcId, freeAddresses: 250, routes: ['nat'] }],
  endpoints: [],
  connectEndpoints: [],
  groups: [
    {
      ...{ id: groupId, vpcId },
      rules: [
        { out: true, protocol: '-1', from: -1, to: -1, range: '0.0.0.0/0' },
        { out: false, protocol: 'tcp', from: 443, to: 443, range: '10.0.0.0/8' },
      ],
    },
  ],
}
const [vpc, subnet, group] = [sound.vpc, sound.subnets[0], sound.groups[0]] as const
if (vpc === undefined || subnet === undefined || group === undefined) throw new Error('no ground')

const endpointsOnly: NetworkGround = {
  ...sound,
  subnets: [{ ...subnet, routes: ['s3 endpoint'] }],
  endpoints: services.map(endpoint),
}
const spoiled = (service: string, how: Partial<NetworkGround['endpoints'][number]>): NetworkGround => ({
  ...endpointsOnly,
  endpoints: endpointsOnly.endpoints.map((one) => (one.service === service ? { ...one, ...how } : one)),
})
const policyOf = (...Statement: object[]) => JSON.stringify({ Statement })

const locked = existing({ egress: 'locked' })

describe('what would work is not complained about', () => {
  test.each([
    ['a VPC with a NAT gateway', sound, existing()],
    ['a VPC with endpoints only', endpointsOnly, existing()],
    ['the same, locked', endpointsOnly, locked],
    [
      'a route by a transit gateway',
      { ...sound, subnets: [{ ...subnet, routes: ['elsewhere'] }] },
      existing(),
    ],
    ['one subnet and one group', sound, simple],
    [
      'our own Instance Connect Endpoint',
      {
        ...sound,
        connectEndpoints: [{ id: 'eice-1', state: 'create-complete', groupIds: [groupId], ours: true }],
      },
      existing(),
    ],
    [
      'a policy with conditions, which nobody can judge from here',
      spoiled('ssm', {
        policy: policyOf({
          ...everything.Statement[0],
          Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } },
        }),
      }),
      locked,
    ],
    [
      'a policy with just what is needed',
      spoiled('sts', {
        policy: policyOf({
          Effect: 'Allow',
          Principal: '*',
          Action: 'sts:AssumeRole',
          Resource: 'arn:aws:iam::111122223333:role/kiro-*',
        }),
      }),
      locked,
    ],
    ['a network of our own', sound, specOf({})],
  ] as const)('%s', (_name, ground, spec) => expect(decideGround(ground as NetworkGround, spec)).toEqual([]))
})

describe('each thing in the way is one sentence with what to type or change', () => {
  const connect = { id: 'eice-1', state: 'create-complete', groupIds: [groupId], ours: false }
  const withConnect = { ...sound, connectEndpoints: [connect] }
  const noRoutes = { ...sound, subnets: [{ ...subnet, routes: [] }] }
  const cases: readonly (readonly [string, NetworkGround, ReturnType<typeof existing>, RegExp, RegExp])[] = [
    ['no such VPC', { ...sound, vpc: undefined }, existing(), /there is no vpc-0a1b\S+ in us-west-2/, /init/],
    [
      'another range',
      { ...sound, vpc: { ...vpc, ranges: ['10.9.0.0/16'] } },
      existing(),
      /network\.cidr is 10\.20\.0\.0\/16, vpc-\S+ has 10\.9\.0\.0\/16/,
      /"cidr": "10\.9\.0\.0\/16"/,
    ],
    [
      'DNS off',
      { ...sound, vpc: { ...vpc, dnsSupport: false } },
      existing(),
      /DNS is switched off/,
      /modify-vpc-attribute .*--enable-dns-support Value=true/,
    ],
    [
      'DNS host names off',
      { ...sound, vpc: { ...vpc, dnsHostnames: false } },
      existing(),
      /host names are switched off/,
      /--enable-dns-hostnames/,
    ],
    ['no such subnet', { ...sound, subnets: [] }, existing(), /there is no subnet subnet-/, /init/],
    [
      'a subnet of another VPC',
      { ...sound, subnets: [{ ...subnet, vpcId: 'vpc-2' }] },
      existing(),
      /subnet-\S+ is in vpc-2, not in vpc-0a/,
      /init/,
    ],
    [
      'a full subnet',
      { ...sound, subnets: [{ ...subnet, freeAddresses: 0 }] },
      existing(),
      /no free address/,
      /another subnet/,
    ],
    [
      'no way to AWS',
      noRoutes,
      existing(),
      /no route to the internet, and the VPC has no interface endpoint of ssm, ssmmessages, ec2messages, logs, sts/,
      /NAT gateway/,
    ],
    [
      'a public subnet',
      { ...sound, subnets: [{ ...subnet, routes: ['internet gateway'] }] },
      existing(),
      /leads to an internet gateway, which is of no use without a public address/,
      /"mode": "managed"/,
    ],
    [
      'locked without endpoints',
      sound,
      locked,
      /egress is locked, and the VPC has no interface endpoint/,
      /"egress": "balanced"/,
    ],
    [
      'one endpoint missing',
      { ...endpointsOnly, endpoints: services.slice(1).map(endpoint) },
      locked,
      /no interface endpoint of ssm: /,
      /com\.amazonaws\.us-west-2\.ssm/,
    ],
    [
      'no way to S3',
      { ...endpointsOnly, subnets: [{ ...subnet, routes: [] }] },
      existing(),
      /has no route to S3/,
      /com\.amazonaws\.us-west-2\.s3/,
    ],
    [
      'an endpoint that is not ready',
      spoiled('ssm', { state: 'pending' }),
      locked,
      /of ssm \(vpce-ssm\) is pending/,
      /wait/,
    ],
    [
      'an endpoint without a name',
      spoiled('logs', { privateDns: false }),
      locked,
      /of logs \(vpce-logs\) has no private DNS name/,
      /--private-dns-enabled/,
    ],
    [
      'an endpoint that lets nobody in',
      { ...endpointsOnly, groups: [{ ...group, rules: [] }] },
      locked,
      /of ssm \(vpce-ssm\) lets in no HTTPS from 10\.20\.0\.0\/16/,
      /authorize-security-group-ingress .*--cidr 10\.20\.0\.0\/16/,
    ],
    [
      'an endpoint whose policy is for others',
      spoiled('ssmmessages', {
        policy: policyOf({
          Effect: 'Allow',
          Principal: '*',
          Action: 'ssmmessages:CreateControlChannel',
          Resource: '*',
        }),
      }),
      locked,
      /does not allow ssmmessages:OpenDataChannel/,
      /--reset-policy/,
    ],
    [
      'an endpoint whose policy denies',
      spoiled('sts', {
        policy: policyOf(everything.Statement[0] ?? {}, {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sts:*',
          Resource: '*',
        }),
      }),
      locked,
      /does not allow sts:AssumeRole/,
      /--reset-policy/,
    ],
    [
      'an Instance Connect Endpoint of others',
      withConnect,
      existing(),
      /has an Instance Connect Endpoint already \(eice-1\)/,
      /"connectEndpointGroupId": "sg-0a1b/,
    ],
    [
      'a group that is not that of the endpoint',
      sound,
      existing({ instanceConnectEndpoint: false }, { connectEndpointGroupId: groupId }),
      /no Instance Connect Endpoint of the VPC that works has the security group sg-0a/,
      /leave .*connectEndpointGroupId out/,
    ],
    [
      'no such subnet, simple',
      { ...sound, vpc: undefined, subnets: [] },
      simple,
      /there is no subnet subnet-\S+ in us-west-2/,
      /init/,
    ],
    ['no such group', { ...sound, groups: [] }, simple, /there is no security group sg-/, /init/],
    [
      'a group of another VPC',
      { ...sound, groups: [{ ...group, vpcId: 'vpc-2' }] },
      simple,
      /sg-\S+ is in vpc-2, not in/,
      /init/,
    ],
    [
      'a group that lets nothing out',
      { ...sound, groups: [{ ...group, rules: group.rules.filter(({ out }) => !out) }] },
      simple,
      /lets no HTTPS out/,
      /authorize-security-group-egress/,
    ],
  ]
  test.each(cases)('%s', (_name, ground, spec, says, hint) => {
    const problems = decideGround(ground, spec)
    expect(problems.map(({ message }) => message).join('\n')).toMatch(says)
    expect(problems.map((one) => one.hint).join('\n')).toMatch(hint)
  })
})
