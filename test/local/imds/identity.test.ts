import { describe, expect, test } from 'vitest'
import { openDesk, text } from './desk.ts'

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
