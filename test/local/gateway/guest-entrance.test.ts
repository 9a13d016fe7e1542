import { expect, test } from 'vitest'
import { parseAwsHost } from '../../../local/gateway/aws-host.ts'
import { decideForeignToAws } from '../../../local/gateway/guard.ts'
import { admitFromGuest, decideWrongRegion } from '../../../local/gateway/guest-entrance.ts'
import { pathStyle } from '../../../local/gateway/incoming.ts'

const network = { privateIp: '10.20.16.4', vpcId: 'vpc-1' }

const head = (host: string, path = '/key', headers: Record<string, string> = {}) => ({
  id: 'i',
  method: 'GET',
  path,
  query: '',
  headers: [['host', host], ...Object.entries(headers)] as [string, string][],
  source: '169.254.169.253:4711',
})

test.each([
  ['sts.us-west-2.amazonaws.com', undefined, 'us-west-2'],
  ['sts.us-west-2.amazonaws.com:443', undefined, 'us-west-2'],
  ['STS.US-West-2.amazonaws.com', undefined, 'us-west-2'],
  ['api.ecr.ap-southeast-1.amazonaws.com', undefined, 'ap-southeast-1'],
  ['iam.amazonaws.com', undefined, undefined],
  ['s3.amazonaws.com', undefined, undefined],
  ['s3.us-west-2.amazonaws.com', undefined, 'us-west-2'],
  ['s3-us-west-2.amazonaws.com', undefined, 'us-west-2'],
  ['s3.dualstack.us-west-2.amazonaws.com', undefined, 'us-west-2'],
  ['bucket.s3.amazonaws.com', 'bucket', undefined],
  ['bucket.s3.us-west-2.amazonaws.com', 'bucket', 'us-west-2'],
  ['bucket.s3-us-west-2.amazonaws.com', 'bucket', 'us-west-2'],
  ['bucket.s3.dualstack.us-west-2.amazonaws.com', 'bucket', 'us-west-2'],
  ['my.dotted.bucket.s3.us-west-2.amazonaws.com', 'my.dotted.bucket', 'us-west-2'],
  ['a.s3.b.s3.us-west-2.amazonaws.com', 'a.s3.b', 'us-west-2'],
])('%s', (host, bucket, region) => {
  expect(parseAwsHost(host)).toEqual({ bucket, region })
  expect(decideForeignToAws(head(host))).toBeUndefined()
})

test.each([
  '127.0.0.1',
  '169.254.169.253',
  'localhost',
  'evil.example',
  'amazonaws.com',
  'amazonaws.com.evil.example',
  'evilamazonaws.com',
  'sts.amazonaws.com:80',
  '',
])('not a name of AWS: "%s"', (host) => {
  expect(parseAwsHost(host)).toBeUndefined()
  expect(decideForeignToAws(head(host))).toMatch(/amazonaws/)
})

test('a call of a guest comes from its own address', () => {
  expect(admitFromGuest(head('sts.us-west-2.amazonaws.com'), network).source).toBe('10.20.16.4:4711')
})

test.each([
  ['bucket.s3.us-west-2.amazonaws.com', '/a%20key', '/bucket/a%20key'],
  ['bucket.s3.us-west-2.amazonaws.com', '/', '/bucket/'],
  ['s3.us-west-2.amazonaws.com', '/bucket/key', '/bucket/key'],
])('%s%s is for moto %s, and stays for the signature what it was', (host, path, forMoto) => {
  const admitted = admitFromGuest(head(host, path), network)
  expect(pathStyle(admitted)).toBe(forMoto)
  expect(admitted.path).toBe(path)
})

test.each([
  ['sts.us-west-2.amazonaws.com', 'us-west-2', 'sts', undefined],
  ['sts.us-west-2.amazonaws.com', 'us-east-1', 'sts', 'SignatureDoesNotMatch'],
  ['bucket.s3.us-west-2.amazonaws.com', 'us-east-1', 's3', 'AuthorizationHeaderMalformed'],
  ['iam.amazonaws.com', 'us-east-1', 'iam', undefined],
])('%s, signed for %s', (host, region, service, code) => {
  const authorization = `AWS4-HMAC-SHA256 Credential=A/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`
  const incoming = head(host, '/', { authorization, 'x-amz-date': '20260101T000000Z' })
  expect(decideWrongRegion({ ...incoming, body: Buffer.alloc(0) })?.code).toBe(code)
})
