import { describe, expect, test } from 'vitest'
import { ask, header, text } from './desk.ts'

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
