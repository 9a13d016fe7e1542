import { describe, expect, test } from 'vitest'
import type { Reply } from '../../../local/gateway/reply.ts'
import type { Instance } from '../../../local/guests/instance.ts'
import { answerMetadata, type MetadataDesk } from '../../../local/imds/answer.ts'
import {
  type CredentialsOf,
  createRoleSessions,
  type RoleCredentials,
} from '../../../local/imds/credentials.ts'
import { createTokens } from '../../../local/imds/tokens.ts'
import { type Differences, makeInstance } from './instance.ts'

const credentials: RoleCredentials = {
  accessKeyId: 'ASIA1',
  secretAccessKey: 'secret',
  token: 'session',
  expiration: '2026-05-04T18:00:00Z',
  lastUpdated: '2026-05-04T12:00:00.000Z',
  roleName: 'kiro-ec2-alice',
  roleArn: 'arn:aws:iam::111122223333:role/kiro-ec2-alice',
}
const noon = Date.parse('2026-05-04T12:00:00Z')

const openDesk = (
  ask: CredentialsOf = async () => credentials,
  now = () => noon,
  keys: Record<string, string> = {},
): MetadataDesk => ({
  tokens: createTokens(now),
  sessions: createRoleSessions(ask, now),
  keysOf: () => keys,
})

interface Asked {
  readonly instance?: Instance
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly from?: string
  readonly desk?: MetadataDesk
}

const ask = (path: string, { instance, method, headers, from, desk }: Asked = {}) =>
  answerMetadata(desk ?? openDesk(), instance ?? makeInstance({ metadata: { tokens: 'optional' } }), {
    method: method ?? 'GET',
    path,
    header: (name) => headers?.[name],
    from: from ?? '169.254.169.254',
  })

const text = async (path: string, differences: Differences = {}, asked: Asked = {}): Promise<string> => {
  const metadata = { tokens: 'optional', ...differences.metadata } as const
  const reply = await ask(path, { ...asked, instance: makeInstance({ ...differences, metadata }) })
  return reply?.status === 200 ? reply.body.toString() : String(reply?.status)
}

const ttl = (value: string) => ({ 'x-aws-ec2-metadata-token-ttl-seconds': value })
const issue = (desk: MetadataDesk, seconds = '60', asked: Asked = {}) =>
  ask('/latest/api/token', { method: 'PUT', headers: ttl(seconds), desk, ...asked })
const header = (reply: Reply | undefined, name: string) => reply?.headers.find(([key]) => key === name)?.[1]

describe('a token', () => {
  const required = makeInstance()
  const withToken = (reply: Reply | undefined) => ({ 'x-aws-ec2-metadata-token': String(reply?.body) })
  const get = (desk: MetadataDesk, headers: Record<string, string>, instance = required) =>
    ask('/latest/meta-data/instance-id', { desk, headers, instance })

  test.each(['1', '60', '21600'])('is given for %s seconds', async (seconds) => {
    const reply = await issue(openDesk(), seconds)
    expect(reply?.status).toBe(200)
    expect(header(reply, 'x-aws-ec2-metadata-token-ttl-seconds')).toBe(seconds)
    expect(String(reply?.body)).toMatch(/^[A-Za-z0-9+/]{54}==$/)
  })
  test.each(['0', '21601', '-1', '1.5', 'x', ''])('is refused for "%s" seconds', async (seconds) => {
    expect((await issue(openDesk(), seconds))?.status).toBe(400)
  })
  test('is refused without a time', async () => {
    expect((await ask('/latest/api/token', { method: 'PUT' }))?.status).toBe(400)
  })
  test('is refused to a proxy', async () => {
    const headers = { ...ttl('60'), 'x-forwarded-for': '10.0.0.1' }
    expect((await ask('/latest/api/token', { method: 'PUT', headers }))?.status).toBe(403)
  })
  test('opens what is closed without it', async () => {
    const desk = openDesk()
    const reply = await get(desk, withToken(await issue(desk)))
    expect([reply?.status, String(reply?.body)]).toEqual([200, 'i-0123456789abcdef0'])
    expect(header(reply, 'x-aws-ec2-metadata-token-ttl-seconds')).toBe('60')
    expect((await get(desk, {}))?.status).toBe(401)
  })
  test('ends with its time', async () => {
    let now = noon
    const desk = openDesk(
      async () => credentials,
      () => now,
    )
    const token = withToken(await issue(desk, '60'))
    now += 59_999
    expect((await get(desk, token))?.status).toBe(200)
    now += 1
    expect((await get(desk, token))?.status).toBe(401)
  })
  test('is good for one instance only', async () => {
    const desk = openDesk()
    const token = withToken(await issue(desk))
    expect((await get(desk, token, makeInstance({ instanceId: 'i-other' })))?.status).toBe(401)
  })
  test.each(['', 'guess', Buffer.alloc(40).toString('base64')])('is not "%s"', async (token) => {
    expect((await get(openDesk(), { 'x-aws-ec2-metadata-token': token }))?.status).toBe(401)
  })
  test('that is wrong is refused even where none is needed', async () => {
    const headers = { 'x-aws-ec2-metadata-token': 'guess' }
    expect((await ask('/latest/meta-data/instance-id', { headers }))?.status).toBe(401)
  })
  test('is not needed where IMDSv1 is allowed', async () => {
    expect(await text('/latest/meta-data/instance-id')).toBe('i-0123456789abcdef0')
  })
})

describe('hops', () => {
  test.each([
    ['127.0.0.1', 1, 200],
    ['127.9.9.9', 1, 200],
    ['169.254.169.254', 1, 200],
    ['169.254.169.253', 1, 200],
    ['10.20.16.4', 1, 200],
    ['::ffff:10.20.16.4', 1, 200],
    ['10.20.16.5', 1, undefined],
    ['172.17.0.2', 1, undefined],
    ['172.17.0.2', 2, 200],
    ['172.17.0.2', 64, 200],
  ])('the token for %s, with a limit of %i', async (from, hopLimit, status) => {
    const instance = makeInstance({ metadata: { hopLimit } })
    expect((await issue(openDesk(), '60', { from, instance }))?.status).toBe(status)
  })
  test('only the answer with the token is lost: IMDSv1 knows no limit', async () => {
    expect(await text('/latest/meta-data/ami-id', {}, { from: '172.17.0.2' })).toBe('ami-1')
  })
})

test('who has switched it off gets 403 for everything', async () => {
  const instance = makeInstance({ metadata: { endpoint: 'disabled' } })
  expect((await ask('/latest/meta-data/', { instance }))?.status).toBe(403)
  expect((await issue(openDesk(), '60', { instance }))?.status).toBe(403)
})

test.each([
  ['POST', '/latest/meta-data/instance-id', 405],
  ['DELETE', '/latest/meta-data/', 405],
  ['PUT', '/latest/meta-data/', 405],
  ['GET', '/latest/api/token', 405],
  ['HEAD', '/latest/meta-data/instance-id', 200],
])('%s %s: %i', async (method, path, status) => {
  expect((await ask(path, { method }))?.status).toBe(status)
})

describe('a value', () => {
  test.each([
    ['ami-id', 'ami-1'],
    ['ami-launch-index', '0'],
    ['ami-manifest-path', '(unknown)'],
    ['block-device-mapping/ami', '/dev/xvda'],
    ['block-device-mapping/root', '/dev/xvda'],
    ['block-device-mapping/ebs1', 'sdf'],
    ['events/maintenance/history', '[]'],
    ['events/maintenance/scheduled', '[]'],
    ['hostname', 'ip-10-20-16-4.us-west-2.compute.internal'],
    ['iam/security-credentials/', 'kiro-ec2-alice'],
    ['instance-action', 'none'],
    ['instance-id', 'i-0123456789abcdef0'],
    ['instance-id/', 'i-0123456789abcdef0'],
    ['/instance-id?x=1', '404'],
    ['instance-life-cycle', 'on-demand'],
    ['instance-type', 't4g.medium'],
    ['local-hostname', 'ip-10-20-16-4.us-west-2.compute.internal'],
    ['local-ipv4', '10.20.16.4'],
    ['mac', '0e:11:22:33:44:55'],
    ['network/interfaces/macs/', '0e:11:22:33:44:55/'],
    ['network/interfaces/macs/0e:11:22:33:44:55/device-number', '0'],
    ['network/interfaces/macs/0e%3A11:22:33:44:55/interface-id', 'eni-1'],
    ['network/interfaces/macs/0e:11:22:33:44:55/local-ipv4s', '10.20.16.4'],
    ['network/interfaces/macs/0e:11:22:33:44:55/owner-id', '111122223333'],
    ['network/interfaces/macs/0e:11:22:33:44:55/security-group-ids', 'sg-1\nsg-2'],
    ['network/interfaces/macs/0e:11:22:33:44:55/security-groups', 'sandbox\nextra'],
    ['network/interfaces/macs/0e:11:22:33:44:55/subnet-id', 'subnet-1'],
    ['network/interfaces/macs/0e:11:22:33:44:55/subnet-ipv4-cidr-block', '10.20.16.0/20'],
    ['network/interfaces/macs/0e:11:22:33:44:55/vpc-id', 'vpc-1'],
    ['network/interfaces/macs/0e:11:22:33:44:55/vpc-ipv4-cidr-block', '10.20.0.0/16'],
    ['network/interfaces/macs/0e:11:22:33:44:55/vpc-ipv4-cidr-blocks', '10.20.0.0/16'],
    ['placement/', 'availability-zone\navailability-zone-id\nregion'],
    ['placement/availability-zone', 'us-west-2a'],
    ['placement/availability-zone-id', 'usw2-az1'],
    ['placement/region', 'us-west-2'],
    ['profile', 'default-hvm'],
    ['public-keys/', '0=laptop'],
    ['public-keys/0/', 'openssh-key'],
    ['public-keys/0/openssh-key', 'ssh-ed25519 AAAA laptop\n'],
    ['reservation-id', 'r-0a'],
    ['security-groups', 'sandbox\nextra'],
    ['services/domain', 'amazonaws.com'],
    ['services/partition', 'aws'],
    ['system', 'nitro'],
    ['tags/instance/', '404'],
    ['identity-credentials/ec2/info', '404'],
    ['spot/instance-action', '404'],
    ['public-ipv4', '404'],
    ['constructor', '404'],
    ['instance-id/more', '404'],
    ['%zz', '404'],
  ])('%s', async (path, value) => {
    expect(await text(`/latest/meta-data/${path}`)).toBe(value)
  })
})

describe('listings', () => {
  test('the versions, each of which is served', async () => {
    const versions = (await text('/')).split('\n')
    expect(versions).toContain('2009-04-04')
    expect(versions.at(-1)).toBe('latest')
    for (const version of versions) expect(await text(`/${version}/meta-data/ami-id`)).toBe('ami-1')
    expect(await text('/2001-01-01/meta-data/ami-id')).toBe('404')
  })
  test.each([['/latest'], ['/latest/']])('%s', async (path) => {
    expect(await text(path)).toBe('dynamic\nmeta-data\nuser-data'.replaceAll(/(c|meta-data)(?=\n)/g, '$1/'))
  })
  test('of the metadata, with a slash behind each directory', async () => {
    const names = (await text('/latest/meta-data/')).split('\n')
    expect(names).toEqual(expect.arrayContaining(['ami-id', 'iam/', 'network/', 'public-keys/']))
    expect(names).not.toContain('tags/')
    expect(names).toEqual([...names].sort())
    expect(await text('/latest/meta-data')).toBe(names.join('\n'))
  })
  test('a directory below is found with its slash only', async () => {
    const reply = await ask('/latest/meta-data/iam/security-credentials')
    expect([reply?.status, header(reply, 'location')]).toEqual([
      301,
      'http://169.254.169.254/latest/meta-data/iam/security-credentials/',
    ])
  })
})

test('what is not there is the page that EC2 shows', async () => {
  const reply = await ask('/latest/meta-data/nothing')
  expect([reply?.status, header(reply, 'content-type'), header(reply, 'server')]).toEqual([
    404,
    'text/html',
    'EC2ws',
  ])
  expect(String(reply?.body)).toContain('<h1>404 - Not Found</h1>')
})

describe('tags', () => {
  const metadata = { instanceTags: 'enabled' } as const
  test.each([
    ['', 'Name\nkiro:owner'],
    ['kiro:owner', 'alice'],
    ['Name', 'box'],
    ['a%20b', '404'],
    ['a%2Fb', '404'],
    ['toString', '404'],
  ])('of the instance, when switched on: %s', async (path, value) => {
    expect(await text(`/latest/meta-data/tags/instance/${path}`, { metadata })).toBe(value)
  })
})

describe('user data', () => {
  test('is the bytes that were given', async () => {
    const reply = await ask('/latest/user-data')
    expect(reply?.body).toEqual(Buffer.from('#!/bin/sh\necho \u00fc\n'))
    expect(header(reply, 'content-type')).toBe('application/octet-stream')
  })
  test('is not there when none was given', async () => {
    expect(await text('/latest/user-data', { userData: null })).toBe('404')
    expect(await text('/latest/', { userData: null })).toBe('dynamic/\nmeta-data/')
  })
})

describe('identity', () => {
  test('the document', async () => {
    const document = await text('/latest/dynamic/instance-identity/document')
    expect(document).toMatch(/^\{\n {2}"accountId" : "111122223333",\n/)
    expect(JSON.parse(document)).toEqual({
      accountId: '111122223333',
      architecture: 'arm64',
      availabilityZone: 'us-west-2a',
      billingProducts: null,
      devpayProductCodes: null,
      marketplaceProductCodes: null,
      imageId: 'ami-1',
      instanceId: 'i-0123456789abcdef0',
      instanceType: 't4g.medium',
      kernelId: null,
      pendingTime: '2026-05-04T10:11:12Z',
      privateIp: '10.20.16.4',
      ramdiskId: null,
      region: 'us-west-2',
      version: '2017-09-30',
    })
  })
  test.each(['signature', 'pkcs7', 'rsa2048'])('no %s: only AWS can sign', async (name) => {
    expect(await text(`/latest/dynamic/instance-identity/${name}`)).toBe('404')
  })
})

describe('the role', () => {
  const path = '/latest/meta-data/iam/security-credentials/kiro-ec2-alice'
  test('its credentials', async () => {
    expect(JSON.parse(await text(path))).toEqual({
      Code: 'Success',
      LastUpdated: '2026-05-04T12:00:00Z',
      Type: 'AWS-HMAC',
      AccessKeyId: 'ASIA1',
      SecretAccessKey: 'secret',
      Token: 'session',
      Expiration: '2026-05-04T18:00:00Z',
    })
  })
  test('its profile', async () => {
    expect(JSON.parse(await text('/latest/meta-data/iam/info'))).toMatchObject({
      Code: 'Success',
      LastUpdated: '2026-05-04T12:00:00Z',
      InstanceProfileArn: 'arn:aws:iam::111122223333:instance-profile/p',
      InstanceProfileId: 'AIPA1',
    })
  })
  test('another name is not there', async () => {
    expect(await text(`${path}x`)).toBe('404')
  })
  test('says so when EC2 may not assume it', async () => {
    const desk = openDesk(async () => undefined)
    expect(JSON.parse(await text(path, {}, { desk }))).toMatchObject({ Code: 'AssumeRoleUnauthorizedAccess' })
  })
  test('no profile, no iam', async () => {
    expect(await text('/latest/meta-data/iam/', { profile: null })).toBe('404')
  })
  test('a profile without a role lists none', async () => {
    const profile = { arn: 'arn', id: 'id', roleName: null }
    expect(await text('/latest/meta-data/iam/security-credentials/', { profile })).toBe('')
  })
  test('no key pair, no public keys', async () => {
    expect(await text('/latest/meta-data/public-keys/', { key: null })).toBe('404')
  })
})

test('a pushed key is shown to its user while it is valid, and no folder for keys otherwise', async () => {
  const desk = openDesk(undefined, undefined, { kiro: 'ssh-ed25519 AAAA\n' })
  const path = '/latest/meta-data/managed-ssh-keys/active-keys'
  expect(await text(`${path}/kiro`, {}, { desk })).toBe('ssh-ed25519 AAAA\n')
  expect(await text(`${path}/root`, {}, { desk })).toBe('404')
  expect(await text(`${path}/kiro`)).toBe('404')
})
