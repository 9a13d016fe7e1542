import { describe, expect, test } from 'vitest'
import { planCanonicalPath, planCanonicalQuery } from '../../../local/gateway/canonical-request.ts'
import { classify, isRead } from '../../../local/gateway/classify.ts'
import type { Incoming } from '../../../local/gateway/incoming.ts'
import { findOwner, type Owner } from '../../../local/gateway/owners.ts'
import { parseErrorCode } from '../../../local/gateway/reply.ts'

const incoming = (
  method: string,
  target: string,
  headers: Record<string, string> = {},
  body = '',
): Incoming => {
  const [path = '', query = ''] = target.split(/\?(.*)/s)
  return {
    id: 'i',
    method,
    path,
    query,
    headers: Object.entries(headers),
    body: Buffer.from(body),
    source: '',
  }
}
const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }

describe('what is called', () => {
  test.each([
    [
      'ec2',
      incoming('POST', '/', form, 'Action=RunInstances&Version=2016-11-15'),
      'RunInstances',
      'ec2',
      'ec2/RunInstances',
      false,
    ],
    [
      'sts',
      incoming('POST', '/', form, 'DurationSeconds=900&Action=AssumeRole'),
      'AssumeRole',
      'query',
      'sts/AssumeRole',
      false,
    ],
    ['iam', incoming('GET', '/?Action=ListUsers'), 'ListUsers', 'query', 'iam/ListUsers', true],
    [
      'ssm',
      incoming('POST', '/', { 'x-amz-target': 'AmazonSSM.PutParameter' }, '{}'),
      'PutParameter',
      'json',
      'ssm/PutParameter',
      false,
    ],
    [
      'logs',
      incoming('POST', '/service/Logs/operation/GetLogEvents'),
      'GetLogEvents',
      'json',
      'logs/GetLogEvents',
      true,
    ],
    ['scheduler', incoming('GET', '/schedules/x'), 'GET /schedules/x', 'rest-json', 'scheduler/GET', true],
    ['s3', incoming('GET', '/'), 'ListBuckets', 's3', 's3/GET', true],
    ['s3', incoming('PUT', '/b'), 'CreateBucket', 's3', 's3/PUT', false],
    ['s3', incoming('PUT', '/b/'), 'CreateBucket', 's3', 's3/PUT', false],
    ['s3', incoming('GET', '/b?list-type=2&prefix=acl'), 'ListObjectsV2', 's3', 's3/GET', true],
    ['s3', incoming('PUT', '/b?versioning'), 'PutBucketVersioning', 's3', 's3/PUT', false],
    ['s3', incoming('PUT', '/b/k/versioning'), 'PutObject', 's3', 's3/PUT', false],
    ['s3', incoming('PUT', '/b/k', { 'x-amz-copy-source': '/b/j' }), 'CopyObject', 's3', 's3/PUT', false],
    ['s3', incoming('PUT', '/b/k?partNumber=1&uploadId=u'), 'UploadPart', 's3', 's3/PUT', false],
    ['s3', incoming('POST', '/b?delete'), 'DeleteObjects', 's3', 's3/POST', false],
  ] as const)('%s %#', (service, request, operation, protocol, label, read) => {
    const call = classify(request, { service, region: 'us-west-2' })
    expect({ ...call, read: isRead(call) }).toEqual({
      service,
      region: 'us-west-2',
      operation,
      protocol,
      label,
      read,
    })
  })
})

test('an operation in the table goes to its owner, every other one to moto', async () => {
  const reply = (status: number) => ({ status, headers: [], body: Buffer.alloc(0) })
  const guest: Owner = async () => reply(299)
  const call = classify(incoming('POST', '/', form, 'Action=RunInstances'), { service: 'ec2', region: 'r' })
  const request = { call, forward: async () => reply(200) } as never
  expect((await findOwner({ 'ec2/RunInstances': guest }, call)(request)).status).toBe(299)
  expect((await findOwner({}, call)(request)).status).toBe(200)
  expect((await findOwner({}, { ...call, service: 'constructor', operation: 'x' })(request)).status).toBe(200)
})

test('paths are signed once encoded by S3, normalised and twice by the others', () => {
  expect(planCanonicalPath("/b/a%20b+%2F//x/../%C3%BC'", 's3')).toBe('/b/a%20b%2B///x/../%C3%BC%27')
  expect(planCanonicalPath('/a%20b//./c/../d/', 'scheduler')).toBe('/a%2520b/d/')
  expect(planCanonicalPath('/', 'ec2')).toBe('/')
})

test('queries are signed sorted, encoded, without the signature itself', () => {
  expect(planCanonicalQuery('b=2&a=%7e+x&a=1&empty&X-Amz-Signature=no&B=3')).toBe(
    'B=3&a=1&a=~%20x&b=2&empty=',
  )
})

test.each([
  ['<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code>', 'InvalidVpcID.NotFound'],
  ['{"__type":"com.amazonaws.ssm#ParameterNotFound"}', 'ParameterNotFound'],
  ['{"message":"x","__type":"ParameterNotFound"}', 'ParameterNotFound'],
  ['<html>', '400'],
])('the error code of %s', (body, code) => {
  expect(parseErrorCode({ status: 400, headers: [], body: Buffer.from(body) })).toBe(code)
})
