import { describe, expect, test } from 'vitest'
import { makeInstance } from '../imds/instance.ts'
import { curl, openHouse, tokenOf } from './house.ts'
import { withoutRoot } from './namespace.ts'

const { openGuest } = openHouse()

describe.skipIf(withoutRoot)('inside a guest (needs root)', () => {
  test('metadata answers at its real address, with a token', async () => {
    const { guest, contacts } = await openGuest()
    expect(contacts).toEqual([])
    const token = await tokenOf(guest)
    const url = 'http://169.254.169.254/latest/meta-data/instance-id'
    expect(await curl(guest, '-H', `x-aws-ec2-metadata-token: ${token}`, url)).toBe('i-0123456789abcdef0')
    expect(await curl(guest, '-o', '/dev/null', '-w', '%{http_code}', url)).toBe('401')
    expect(await curl(guest, '-I', '-H', `x-aws-ec2-metadata-token: ${token}`, url)).toMatch(
      /content-length: 19/i,
    )
    expect(contacts).toEqual(['metadata'])
  })

  test('a change of its options is seen at the next request', async () => {
    const opened = await openGuest()
    const url = 'http://169.254.169.254/latest/meta-data/instance-id'
    const status = () => curl(opened.guest, '-o', '/dev/null', '-w', '%{http_code}', url)
    expect(await status()).toBe('401')
    opened.instance = makeInstance({ metadata: { tokens: 'optional' } })
    expect(await status()).toBe('200')
    opened.instance = makeInstance({ metadata: { endpoint: 'disabled' } })
    expect(await status()).toBe('403')
  })

  test('names of AWS and its own name resolve, others do not exist', async () => {
    const { guest, contacts } = await openGuest()
    const script = `
      const { promises: dns, Resolver } = require('node:dns')
      const ask = (type, name) => dns.resolve(name, type).then(String, ({ code }) => code)
      Promise.all([
        ask('A', 'sts.us-west-2.amazonaws.com'), ask('AAAA', 'sts.us-west-2.amazonaws.com'),
        ask('A', 'ip-10-20-16-4.us-west-2.compute.internal'), ask('PTR', '4.16.20.10.in-addr.arpa'),
        ask('A', 'example.com'), ask('PTR', '5.16.20.10.in-addr.arpa'),
        dns.lookup('ec2.us-west-2.amazonaws.com').then(({ address }) => address),
      ]).then((found) => console.log(found.join(' ')))`
    expect(await guest.run([process.execPath, '-e', script])).toBe(
      '169.254.169.253 ENODATA 10.20.16.4 ip-10-20-16-4.us-west-2.compute.internal ENOTFOUND ENOTFOUND 169.254.169.253\n',
    )
    expect(contacts).toEqual(['names'])
    expect(await guest.run(['getent', 'ahostsv4', 's3.us-west-2.amazonaws.com'])).toMatch(
      /^169\.254\.169\.253 /,
    )
  })

  test('names resolve over TCP too', async () => {
    const { guest } = await openGuest()
    const tcp = { RES_OPTIONS: 'use-vc' }
    expect(await guest.run(['getent', 'ahostsv4', 'sts.us-west-2.amazonaws.com'], tcp)).toMatch(
      /^169\.254\.169\.253 /,
    )
  })

  test.each([
    'sts.us-west-2.amazonaws.com',
    'iam.amazonaws.com',
    'bucket.s3.us-west-2.amazonaws.com',
    'bucket.s3.dualstack.eu-central-1.amazonaws.com',
    's3.dualstack.us-east-1.amazonaws.com',
    'bucket.s3.amazonaws.com',
  ])('https://%s is answered with a certificate of the state folder', async (host) => {
    const { guest } = await openGuest()
    expect(await curl(guest, `https://${host}/path?x`)).toBe(`GET ${host} /path?x`)
  })

  test('a client that does not know the authority is refused', async () => {
    const { guest } = await openGuest()
    await expect(guest.run(['curl', '-sS', 'https://sts.us-west-2.amazonaws.com/'])).rejects.toThrow(
      /certificate/,
    )
  })

  test('packages come from a folder, and nothing else does', async () => {
    const { guest } = await openGuest()
    const mirror = 'https://al2023-repos-us-west-2-de612dc2.s3.dualstack.us-west-2.amazonaws.com'
    expect(await curl(guest, `${mirror}/core/a%20b.rpm`)).toBe('0123456789')
    expect(await curl(guest, '-r', '2-4', `${mirror}/core/a%20b.rpm`)).toBe('234')
    expect(await curl(guest, '-r', '-3', `${mirror}/core/a%20b.rpm`)).toBe('789')
    expect(await curl(guest, '-I', `${mirror}/core/a%20b.rpm`)).toMatch(/200 OK[\s\S]*content-length: 10/i)
    const status = (...argv: string[]) =>
      curl(guest, '--path-as-is', '-o', '/dev/null', '-w', '%{http_code}', ...argv)
    expect(await status(`${mirror}/core/`)).toBe('404')
    expect(await status(`${mirror}/core/../../tls/ca.key`)).toBe('404')
    expect(await status(`${mirror}/..%2ftls%2fca.key`)).toBe('404')
    expect(await status(`${mirror}/way-out`)).toBe('404')
    expect(await status('-X', 'PUT', `${mirror}/core/a%20b.rpm`)).toBe('405')
    expect(await status('-r', '20-', `${mirror}/core/a%20b.rpm`)).toBe('416')
  })
})
