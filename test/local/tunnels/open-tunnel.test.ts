import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { request as call } from 'node:http'
import { join } from 'node:path'
import {
  CreateInstanceConnectEndpointCommand,
  DescribeSubnetsCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2'
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { GetParameterCommand } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { names } from '../../../config/names.ts'
import { type Credentials, presignTunnel, type TunnelRequest } from '../../../connect/eice/presign.ts'
import { dialTunnel, TunnelRefused } from '../../../connect/eice/tunnel.ts'
import type { LocalTarget } from '../../../local/control/ensure.ts'
import { allow, document } from '../access/cast.ts'
import { clientsFor, openRoom, python, type Room, region, waitUntil } from '../control/fixture.ts'

/** A control plane without machines: what is asked here is decided before anything is dialled. */
let room: Room
let target: LocalTarget
let request: TunnelRequest
beforeAll(async () => {
  room = await openRoom()
  target = await room.up()
  const { ec2, ssm } = clientsFor(target)
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: names.stockImageParameter }))
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}))
  const SubnetId = Subnets?.[0]?.SubnetId
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ...{ ImageId: Parameter?.Value, InstanceType: 't4g.medium', MinCount: 1, MaxCount: 1, SubnetId },
    }),
  )
  const { InstanceConnectEndpoint } = await ec2.send(
    new CreateInstanceConnectEndpointCommand({
      SubnetId,
      TagSpecifications: [
        { ResourceType: 'instance-connect-endpoint', Tags: [{ Key: 'kiro:sandbox', Value: 'shared' }] },
      ],
    }),
  )
  request = {
    ...{ region, port: 22, maxSeconds: 60 },
    endpointId: InstanceConnectEndpoint?.InstanceConnectEndpointId ?? '',
    dnsName: InstanceConnectEndpoint?.DnsName ?? '',
    privateIp: Instances?.[0]?.PrivateIpAddress ?? '',
  }
})
afterAll(() => room?.close())

interface Changes {
  readonly request?: Partial<TunnelRequest>
  readonly credentials?: Credentials
  readonly now?: Date
  readonly change?: (path: string) => string
  readonly host?: string
}

/** The websocket's own end when it is let in, else what it was refused with. */
const ask = async ({ change = (path) => path, ...changes }: Changes = {}) => {
  const asked = { ...request, ...changes.request }
  const path = await presignTunnel(asked, changes.credentials ?? target, changes.now ?? new Date())
  const about = { dialSeconds: 10, origin: target.endpoint, signal: new AbortController().signal }
  const socket = await dialTunnel({ ...about, path: change(path), dnsName: changes.host ?? request.dnsName })
  socket.resume()
  return socket.closed
}
const refusal = async (changes: Changes) => {
  const error = await ask(changes).then(
    (ended) => new Error(`it was let in: ${JSON.stringify(ended)}`),
    (thrown: Error) => thrown,
  )
  expect(error).toBeInstanceOf(TunnelRefused)
  const { status, code, message } = error as TunnelRefused
  return { status, code, message }
}

test('who is let in and meets nobody hears it from the websocket', async () => {
  expect(await ask()).toEqual({ code: 1011, reason: 'Unable to connect to target' })
})

/** As awscli/customizations/ec2instanceconnect does it, with the library that the AWS CLI signs with. */
const presignWithBotocore = (url: string): string =>
  execFileSync(
    python,
    [
      '-c',
      `import sys
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
r = AWSRequest('GET', sys.argv[1])
SigV4QueryAuth(Credentials(*sys.stdin.read().split()), 'ec2-instance-connect', '${region}', expires=60).add_auth(r)
print(r.prepare().url)`,
      url,
    ],
    { input: `${target.accessKeyId} ${target.secretAccessKey}`, encoding: 'utf8' },
  ).trim()

test('the AWS CLI would be let in: its signature is accepted', async () => {
  const asked = {
    ...{
      instanceConnectEndpointId: request.endpointId,
      remotePort: '22',
      privateIpAddress: request.privateIp,
    },
  }
  const url = presignWithBotocore(`wss://${request.dnsName}/openTunnel?${new URLSearchParams(asked)}`)
  expect(await ask({ change: () => url.slice(url.indexOf('/openTunnel')) })).toMatchObject({ code: 1011 })
})

describe('a signature is refused', () => {
  const minutes = (count: number) => new Date(Date.now() + count * 60_000)
  test.each<[string, Changes, string]>([
    ['that has expired', { now: minutes(-2) }, 'RequestExpired'],
    ['of a clock that is fast', { now: minutes(10) }, 'SignatureDoesNotMatch'],
    [
      'for another port',
      { change: (path) => path.replace('remotePort=22', 'remotePort=3389') },
      'SignatureDoesNotMatch',
    ],
    [
      'that was given more time',
      { change: (path) => path.replace('X-Amz-Expires=60', 'X-Amz-Expires=6000') },
      'SignatureDoesNotMatch',
    ],
    [
      'for another name',
      { host: 'eice-00000000000000000.00000000.ec2-instance-connect-endpoint.us-west-2.amazonaws.com' },
      'SignatureDoesNotMatch',
    ],
    [
      'with another secret',
      { credentials: { accessKeyId: '', secretAccessKey: 'wrong' } },
      'SignatureDoesNotMatch',
    ],
    [
      'of a key that nobody has',
      { credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' } },
      'InvalidClientTokenId',
    ],
    ['that is not there', { change: () => '/openTunnel' }, 'MissingAuthenticationToken'],
  ])('%s', async (_what, { credentials, ...changes }, code) => {
    const own =
      credentials?.accessKeyId === '' ? { ...credentials, accessKeyId: target.accessKeyId } : credentials
    expect(await refusal(own === undefined ? changes : { ...changes, credentials: own })).toMatchObject({
      status: 403,
      code,
    })
  })
})

test.each<[Partial<TunnelRequest>, RegExp]>([
  [{ port: 5432 }, /^The specified RemotePort is not valid\. Specify either 22 or 3389/],
  [{ maxSeconds: 3601 }, /MaxTunnelDuration/],
  [{ endpointId: 'eice-00000000000000000' }, /eice-00000000000000000 does not exist/],
  [{ region: 'eu-west-1' }, /does not exist/],
])('%j is an invalid parameter', async (part, message) => {
  expect(await refusal({ request: part })).toEqual({
    ...{ status: 400, code: 'InvalidParameter', message: expect.stringMatching(message) },
  })
})

describe('IAM decides', () => {
  const arn = `arn:aws:ec2:${region}:111122223333:instance-connect-endpoint/*`
  const makeUser = async (name: string, Condition: object): Promise<Credentials> => {
    const { iam } = clientsFor(target)
    await iam.send(new CreateUserCommand({ UserName: name }))
    const PolicyDocument = document(allow('ec2-instance-connect:OpenTunnel', arn, Condition))
    await iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'own', PolicyDocument }))
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }))
    return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
  }
  test('by port, address, duration and tag, as the policy of an engineer asks', async () => {
    const credentials = await makeUser('alice', {
      StringEquals: { 'aws:ResourceTag/kiro:sandbox': 'shared' },
      NumericEquals: { 'ec2-instance-connect:remotePort': '22' },
      IpAddress: { 'ec2-instance-connect:privateIpAddress': `${request.privateIp}/32` },
      NumericLessThanEquals: { 'ec2-instance-connect:maxTunnelDuration': '600' },
    })
    expect(await ask({ credentials })).toMatchObject({ code: 1011 })
    const denied = { status: 403, code: 'AccessDenied' }
    for (const part of [{ port: 3389 }, { privateIp: '10.0.0.250' }, { maxSeconds: 601 }])
      expect(await refusal({ credentials, request: part })).toMatchObject(denied)
    const { message } = await refusal({ credentials, request: { port: 3389 } })
    expect(message).toContain(
      `ec2-instance-connect:OpenTunnel on resource: ${arn.replace('*', request.endpointId)}`,
    )
  })

  test('by the tags of the endpoint', async () => {
    const credentials = await makeUser('bob', { StringEquals: { 'ec2:ResourceTag/kiro:sandbox': 'private' } })
    expect(await refusal({ credentials })).toMatchObject({ status: 403, code: 'AccessDenied' })
  })
})

test('each try is in the journal with who tried and what came of it, and without the signature', async () => {
  const file = join(room.paths.local, 'journal.jsonl')
  const tunnels = () =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"operation":"OpenTunnel"'))
      .map((line) => JSON.parse(line))
  await ask({ request: { maxSeconds: 59 } })
  await waitUntil(() => tunnels().some(({ parameters }) => parameters.maxTunnelDuration === '59'))
  expect(tunnels().at(-1)).toMatchObject({
    ...{ service: 'ec2-instance-connect', status: 101, error: null, region },
    principal: expect.stringMatching(/^arn:aws:iam::111122223333:/),
    parameters: {
      instanceConnectEndpointId: request.endpointId,
      privateIpAddress: request.privateIp,
      remotePort: '22',
      maxTunnelDuration: '59',
    },
  })
  expect(JSON.stringify(tunnels())).not.toContain('X-Amz-Signature')
  expect(tunnels().map(({ error }) => error)).toEqual(
    expect.arrayContaining(['RequestExpired', 'AccessDenied', 'InvalidParameter']),
  )
})

test('a page in a browser opens no tunnel, whatever Host it claims', async () => {
  const path = await presignTunnel(request, target, new Date())
  for (const headers of [
    { host: request.dnsName, origin: 'https://evil.example' },
    { host: 'evil.example' },
  ] as Record<string, string>[]) {
    const { status } = await new Promise<{ status: number }>((resolve, reject) => {
      const upgrade = {
        ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
        'sec-websocket-key': Buffer.alloc(16).toString('base64'),
      }
      const asked = call(target.endpoint + path, { headers: { ...upgrade, ...headers } }, (answer) => {
        answer.resume()
        resolve({ status: answer.statusCode ?? 0 })
      })
      asked.on('upgrade', (_answer, socket) => {
        socket.destroy()
        resolve({ status: 101 })
      })
      asked.on('error', reject)
      asked.end()
    })
    expect(status).toBe(403)
  }
})
