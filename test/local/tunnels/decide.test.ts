import { describe, expect, test } from 'vitest'
import { decideWay, type Rule, type TunnelFacts } from '../../../local/tunnels/decide-way.ts'
import { parsePublicKey } from '../../../local/tunnels/public-key.ts'
import { createPushedKeys } from '../../../local/tunnels/pushed-keys.ts'
import { parseTunnelRequest } from '../../../local/tunnels/tunnel-request.ts'

const rule = (part: Partial<Rule> = {}): Rule => ({
  ...{ protocol: 'tcp', from: 22, to: 22, cidr: null, group: null },
  ...part,
})

interface Change {
  readonly egress?: readonly Rule[]
  readonly ingress?: readonly Rule[]
  readonly state?: string
  readonly preserveClientIp?: boolean
}

const facts = ({
  egress,
  ingress,
  state = 'running',
  preserveClientIp = false,
}: Change = {}): TunnelFacts => ({
  endpoint: {
    ...{ state: 'create-complete', dnsName: 'eice-1.example', address: '10.0.0.9', preserveClientIp },
    ...{ groups: ['sg-endpoint'], egress: egress ?? [rule({ group: 'sg-instances' })] },
  },
  instance: {
    ...{ instanceId: 'i-1', state, groups: ['sg-instances'] },
    ingress: ingress ?? [rule({ group: 'sg-endpoint' })],
  },
})

describe('the way to a machine is open', () => {
  test.each<[string, Change]>([
    ['when the groups name each other', {}],
    [
      'for ranges that hold the addresses',
      { egress: [rule({ cidr: '10.0.0.0/16' })], ingress: [rule({ cidr: '10.0.0.9/32' })] },
    ],
    [
      'for rules that let everything through',
      { egress: [rule({ protocol: '-1', from: 0, to: 65_535, cidr: '0.0.0.0/0' })] },
    ],
    ['for a range of ports around ours', { ingress: [rule({ from: 1, to: 1024, group: 'sg-endpoint' })] }],
    [
      'for the address of the client when the endpoint preserves it',
      { preserveClientIp: true, ingress: [rule({ cidr: '192.0.2.0/24' })] },
    ],
  ])('%s', (_what, change) => {
    expect(decideWay(facts(change), { privateIp: '10.0.0.5', port: 22 }, '192.0.2.7')).toEqual({
      ...{ kind: 'open', instanceId: 'i-1' },
    })
  })
})

describe('the way to a machine is shut, and the log says why', () => {
  test.each<[string, Change, RegExp]>([
    ['nothing may leave the endpoint', { egress: [] }, /sg-endpoint lets port 22 out to i-1/],
    ['nothing may enter the machine', { ingress: [] }, /sg-instances lets port 22 of i-1 in/],
    [
      'another port',
      { ingress: [rule({ from: 443, to: 443, group: 'sg-endpoint' })] },
      /lets port 22 of i-1 in/,
    ],
    [
      'another protocol',
      { ingress: [rule({ protocol: 'udp', group: 'sg-endpoint' })] },
      /lets port 22 of i-1 in/,
    ],
    ['another group', { ingress: [rule({ group: 'sg-others' })] }, /lets port 22 of i-1 in/],
    ['a range beside the address', { egress: [rule({ cidr: '10.0.1.0/24' })] }, /lets port 22 out/],
    [
      'the address of the endpoint, when it shows that of the client',
      { preserveClientIp: true, ingress: [rule({ cidr: '10.0.0.9/32' })] },
      /lets port 22 of i-1 in/,
    ],
    ['the machine is stopped', { state: 'stopped' }, /i-1 is stopped/],
  ])('%s', (_what, change, why) => {
    const way = decideWay(facts(change), { privateIp: '10.0.0.5', port: 22 }, '192.0.2.7')
    expect(way).toMatchObject({ kind: 'shut', why: expect.stringMatching(why) })
  })

  test('nobody has the address', () => {
    const way = decideWay({ ...facts(), instance: null }, { privateIp: '10.0.0.6', port: 22 }, '')
    expect(way).toMatchObject({ kind: 'shut', why: expect.stringContaining('10.0.0.6') })
  })
})

describe('a request for a tunnel', () => {
  const query = (part: Record<string, string>) =>
    String(
      new URLSearchParams({
        ...{
          instanceConnectEndpointId: 'eice-0123456789abcdef0',
          remotePort: '22',
          privateIpAddress: '10.0.0.5',
        },
        ...part,
      }),
    )
  test('lasts an hour unless it says otherwise', () =>
    expect(parseTunnelRequest(query({}))).toEqual({
      ...{ endpointId: 'eice-0123456789abcdef0', port: 22, privateIp: '10.0.0.5', maxSeconds: 3600 },
    }))
  test.each(['a.remotePort=22', 'remotePort=22', 'x.y.privateIpAddress=10.0.0.5'])(
    'what a policy could read otherwise is refused: %s',
    (more) => {
      expect(parseTunnelRequest(`${query({ remotePort: '3389' })}&${more}`)).toMatchObject({
        ...{ status: 400, message: expect.stringContaining('each parameter once') },
      })
    },
  )
  test.each([
    [
      { remotePort: '5432' },
      'The specified RemotePort is not valid. Specify either 22 or 3389 as the RemotePort and retry your request.',
    ],
    [{ remotePort: '' }, 'RemotePort'],
    [{ privateIpAddress: 'localhost' }, 'PrivateIpAddress'],
    [{ instanceConnectEndpointId: 'vpce-1' }, 'InstanceConnectEndpointId'],
    [{ maxTunnelDuration: '0' }, 'MaxTunnelDuration'],
    [{ maxTunnelDuration: '3601' }, 'MaxTunnelDuration'],
    [{ maxTunnelDuration: '1e3' }, 'MaxTunnelDuration'],
  ])('%j is refused by name', (part: Record<string, string>, message) => {
    expect(parseTunnelRequest(query(part))).toMatchObject({
      ...{ status: 400, code: 'InvalidParameter', message: expect.stringContaining(message) },
    })
  })
})

describe('a public key', () => {
  const ed25519 = 'AAAAC3NzaC1lZDI1NTE5AAAAIBLXmI4u0nC2fhKqGlMwfGXFWOuQ2mZqPlqHzJ3oQ7aX'
  test('loses its comment', () =>
    expect(parsePublicKey(`ssh-ed25519 ${ed25519} me@laptop`)).toBe(`ssh-ed25519 ${ed25519}`))
  test.each([
    ['of a type that Instance Connect does not take', `ecdsa-sha2-nistp256 ${ed25519}`],
    ['that says another type inside', `ssh-rsa ${ed25519}`],
    ['with options before it', `command="id" ssh-ed25519 ${ed25519}`],
    ['with a second line', `ssh-ed25519 ${ed25519}\nssh-ed25519 ${ed25519}`],
    ['that is no base64', 'ssh-ed25519 !!!!'],
    ['that is cut off', 'ssh-ed25519 AAAA'],
  ])('%s is none', (_what, line) => expect(parsePublicKey(line)).toBeUndefined())
})

test("a pushed key is one user's on one machine, for a minute", () => {
  let now = 0
  const keys = createPushedKeys(() => now)
  const push = (user: string, publicKey: string) =>
    keys.push({ instanceId: 'i-1', user, publicKey, caller: 'arn:alice', requestId: 'r' })
  push('kiro', 'ssh-ed25519 A')
  now = 30_000
  push('kiro', 'ssh-ed25519 B')
  expect(keys.list('i-1')).toEqual({
    kiro: expect.stringMatching(
      /^#Instance=i-1\n#Caller=arn:alice\n#Request=r\nssh-ed25519 A\n#[\s\S]*ssh-ed25519 B\n$/,
    ),
  })
  expect(keys.list('i-2')).toEqual({})
  now = 60_000
  expect(keys.list('i-1').kiro).not.toContain('ssh-ed25519 A')
  now = 90_000
  expect(keys.list('i-1')).toEqual({})
})
