import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { areUsable, type Certificates, ensureCertificates } from '../../../local/doors/certificates.ts'
import { python, root } from '../control/fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'graviton-tls-'))
const day = 86_400_000
const ensure = () => ensureCertificates({ root, python, folder })
let first: Certificates

beforeAll(async () => {
  first = await ensure()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('they are made once, and are the same at the next start', async () => {
  expect(await ensure()).toEqual(first)
})

test('keys are readable by their owner alone', () => {
  for (const name of ['ca.key', 'endpoint.key']) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
})

test('the authority says whose it is, and is good for names of AWS only', () => {
  const authority = new X509Certificate(first.authority)
  expect(authority.subject).toMatch(/graviton-sandbox local target.*this checkout only/)
  expect(authority.ca).toBe(true)
  const nameConstraints = Buffer.from('551d1e', 'hex') // 2.5.29.30, RFC 5280 4.2.1.10
  expect(authority.raw.includes(nameConstraints)).toBe(true)
})

test.each(['iam.amazonaws.com', 'sts.us-west-2.amazonaws.com', 'b.s3.dualstack.eu-west-1.amazonaws.com'])(
  'the certificate is good for %s',
  (name) => {
    expect(new X509Certificate(first.certificate).checkHost(name)).toBeDefined()
  },
)

test('they are not used in their last month', () => {
  const end = Date.parse(new X509Certificate(first.certificate).validTo)
  expect(areUsable(first, end - 31 * day)).toBe(true)
  expect(areUsable(first, end - 29 * day)).toBe(false)
})

test('a certificate that is broken is made again under the same authority', async () => {
  writeFileSync(join(folder, 'endpoint.pem'), 'not a certificate')
  const second = await ensure()
  expect(second.authority).toEqual(first.authority)
  expect(second.certificate).not.toEqual(first.certificate)
  expect(areUsable(second, Date.now())).toBe(true)
})

test('without the key of the authority there is a new one', async () => {
  rmSync(join(folder, 'ca.key'))
  rmSync(join(folder, 'endpoint.key'))
  const third = await ensure()
  expect(third.authority).not.toEqual(first.authority)
  expect(readFileSync(join(folder, 'ca.pem'))).toEqual(third.authority)
})
