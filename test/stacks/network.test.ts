import { describe, expect, test } from 'vitest'
import { names } from '../../config/names.ts'
import { planSubnets } from '../../stacks/subnets.ts'
import { renderNetwork } from '../../stacks/synth.ts'
import { networkSpec, resources } from './specs.ts'

const json = renderNetwork(networkSpec)

test('the same spec gives the same bytes', () => expect(renderNetwork(networkSpec)).toBe(json))

test('the only way in is port 22 from the Instance Connect Endpoint, and HTTPS to endpoints from machines', () => {
  const rules = resources('aws_vpc_security_group_ingress_rule', json)
  expect(rules.map(({ from_port, to_port, ip_protocol }) => [from_port, to_port, ip_protocol])).toEqual(
    [
      [443, 443, 'tcp'],
      [443, 443, 'tcp'],
      [22, 22, 'tcp'],
    ].sort(),
  )
  for (const rule of rules) {
    expect(rule.cidr_ipv4).toBeUndefined()
    expect(rule.referenced_security_group_id).toMatch(/^\$\{aws_security_group\./)
  }
  for (const group of resources('aws_security_group', json)) expect(group.ingress).toBeUndefined()
})

test('sandboxes and builders reach out by HTTPS only', () => {
  const out = resources('aws_vpc_security_group_egress_rule', json)
  expect(
    out
      .filter(({ cidr_ipv4 }) => cidr_ipv4 !== undefined)
      .map(({ from_port, to_port }) => [from_port, to_port]),
  ).toEqual([
    [443, 443],
    [443, 443],
  ])
})

test('a builder reads what a build put there for it, and nothing leads in to it', () => {
  const [policy] = resources('aws_iam_role_policy', json)
  const { Statement } = JSON.parse(policy?.policy) as {
    Statement: { Effect: string; Action: string | string[]; Resource: string }[]
  }
  const allowed = Statement.filter(({ Effect, Action }) => Effect === 'Allow' && Action === 's3:GetObject')
  expect(allowed.map(({ Resource }) => Resource)).toEqual([
    `arn:aws:s3:::${networkSpec.state.bucket}/artifacts/*`,
  ])
  const actions = Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action)
  expect(
    actions.filter((action) => /^(iam|sts|ec2):|^kms:(?!Decrypt$)|^s3:(?!GetObject$)/.test(action)),
  ).toEqual([])
  const into = resources('aws_vpc_security_group_ingress_rule', json)
  expect(into.filter(({ security_group_id }) => /builder/.test(security_group_id))).toEqual([])
})

test('every group and rule is described', () => {
  const types = [
    'aws_security_group',
    'aws_vpc_security_group_ingress_rule',
    'aws_vpc_security_group_egress_rule',
  ]
  for (const block of types.flatMap((type) => resources(type, json))) expect(block.description).toMatch(/\w/)
})

test('subnets are private and the default group is closed', () => {
  for (const subnet of resources('aws_subnet', json)) expect(subnet.map_public_ip_on_launch).toBe(false)
  expect(resources('aws_internet_gateway', json)).toEqual([])
  const [closed] = resources('aws_default_security_group', json)
  expect(closed?.ingress).toBeUndefined()
  expect(closed?.egress).toBeUndefined()
})

describe('session documents', () => {
  const documents = Object.fromEntries(
    resources('aws_ssm_document', json).map(({ name, content, document_type }) => [
      name,
      { ...JSON.parse(content), document_type },
    ]),
  )
  const { shell, login, agent, command, forward, forwardHost, ssh } = names.sessionDocuments

  test('there is one for each way in, of schema 1.0', () => {
    expect(Object.keys(documents).sort()).toEqual(Object.values(names.sessionDocuments).sort())
    for (const document of Object.values(documents))
      expect(document).toMatchObject({ schemaVersion: '1.0', document_type: 'Session' })
  })

  test.each([shell, login, agent, command])('%s runs as the sandbox user and ends when idle', (name) => {
    expect(documents[name]?.inputs).toMatchObject({
      runAsEnabled: true,
      runAsDefaultUser: 'kiro',
      idleSessionTimeout: '20',
      maxSessionDuration: '720',
    })
    expect(documents[name]?.properties?.linux?.runAsElevated).not.toBe(true)
  })

  test('what a login shows, a device code, is not logged; everything else is', () => {
    const logged = [shell, login, agent, command].filter(
      (name) => documents[name]?.inputs?.cloudWatchLogGroupName !== undefined,
    )
    expect(logged).toEqual([shell, agent, command])
  })

  test('values that reach a command line are held to a pattern; only the command itself is free', () => {
    for (const name of [login, agent, forward, forwardHost])
      for (const parameter of Object.values<{ allowedPattern?: string }>(documents[name]?.parameters))
        expect(parameter.allowedPattern).toMatch(/^\^.*\$$/)
    expect(Object.keys(documents[command]?.parameters)).toEqual(['command'])
  })

  test('ssh is a plain stream to port 22 and nothing else', () => {
    expect(documents[ssh]).toMatchObject({ sessionType: 'Port', properties: { portNumber: '22' } })
    expect(documents[ssh]?.parameters).toBeUndefined()
    expect(documents[ssh]?.properties?.type).toBeUndefined()
    expect(documents[forward]?.properties?.type).toBe('LocalPortForwarding')
  })
})

test('endpoints and the Instance Connect Endpoint come by setting', () => {
  const bare = renderNetwork({ ...networkSpec, endpoints: [], instanceConnectEndpoint: false })
  expect(resources('aws_vpc_endpoint', bare).map(({ vpc_endpoint_type }) => vpc_endpoint_type)).toEqual([
    'Gateway',
  ])
  expect(resources('aws_ec2_instance_connect_endpoint', bare)).toEqual([])
  expect(resources('aws_vpc_security_group_ingress_rule', bare)).toEqual([])
  expect(resources('aws_ec2_instance_connect_endpoint', json)).toMatchObject([{ preserve_client_ip: false }])
})

test('state lies in S3, encrypted as its bucket says, with a lock of its own', () => {
  expect((JSON.parse(json) as { terraform: unknown }).terraform).toMatchObject({
    backend: { s3: { key: 'network/terraform.tfstate', use_lockfile: true } },
    required_providers: { aws: { source: 'hashicorp/aws', version: '5.100.0' } },
  })
})

describe('subnets are equal parts of the range', () => {
  test.each([
    ['10.20.0.0/16', 2, ['10.20.0.0/20', '10.20.16.0/20']],
    ['10.20.7.9/16', 1, ['10.20.0.0/20']],
    ['192.168.4.0/24', 3, ['192.168.4.0/28', '192.168.4.16/28', '192.168.4.32/28']],
    ['172.31.240.0/20', 2, ['172.31.240.0/24', '172.31.241.0/24']],
  ])('%s in %i', (cidr, count, expected) => expect(planSubnets(cidr, count)).toEqual(expected))
})
