import { describe, expect, test } from 'vitest'
import type { JournalRecord } from '../../../local/gateway/journal.ts'
import { accountId } from '../ssm/fixture.ts'
import { alice, by, keep, lookUp, names, record } from './journal.ts'

describe('an event', () => {
  test('of a person', async () => {
    keep(
      record({
        operation: 'StopInstances',
        parameters: { 'InstanceId.1': 'i-aaaaaaaaaaaaaaaaa', Force: 'true' },
      }),
    )
    const [event] = (await lookUp()).Events
    expect(event).toMatchObject({
      EventName: 'StopInstances',
      EventSource: 'ec2.amazonaws.com',
      ReadOnly: 'false',
      AccessKeyId: 'AKIA1',
      Username: 'alice',
      EventTime: Date.UTC(2026, 0, 1) / 1000 + 1,
      Resources: [{ ResourceType: 'AWS::EC2::Instance', ResourceName: 'i-aaaaaaaaaaaaaaaaa' }],
    })
    expect(JSON.parse(event?.CloudTrailEvent ?? '')).toMatchObject({
      userIdentity: { type: 'IAMUser', arn: alice, accountId, userName: 'alice', accessKeyId: 'AKIA1' },
      eventTime: '2026-01-01T00:00:01Z',
      awsRegion: 'us-west-2',
      sourceIPAddress: '127.0.0.1',
      requestParameters: { instanceId: ['i-aaaaaaaaaaaaaaaaa'], force: 'true' },
      responseElements: null,
      requestID: 'request-1',
      eventID: event?.EventId,
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: accountId,
    })
  })

  test('of a session that began names it, and no token', async () => {
    keep(record({ service: 'ssm', operation: 'StartSession', made: ['alice-0a1b2c'] }))
    expect(JSON.parse((await lookUp()).Events[0]?.CloudTrailEvent ?? '').responseElements).toEqual({
      sessionId: 'alice-0a1b2c',
      tokenValue: 'Value hidden due to security reasons.',
    })
  })

  test('of a machine names its role', async () => {
    const session = 'i-aaaaaaaaaaaaaaaaa'
    keep(
      record({
        service: 'ssm',
        principal: `arn:aws:sts::${accountId}:assumed-role/kiro-ec2-alice/${session}`,
      }),
    )
    const [event] = (await lookUp(by('Username', session))).Events
    expect(JSON.parse(event?.CloudTrailEvent ?? '').userIdentity).toMatchObject({
      type: 'AssumedRole',
      sessionContext: {
        ec2RoleDelivery: '2.0',
        sessionIssuer: {
          type: 'Role',
          userName: 'kiro-ec2-alice',
          arn: `arn:aws:iam::${accountId}:role/kiro-ec2-alice`,
        },
      },
    })
  })

  test.each([
    ['ec2', 'UnauthorizedOperation', 'Client.UnauthorizedOperation'],
    ['iam', 'NoSuchEntity', 'NoSuchEntityException'],
    ['ssm', 'ParameterNotFound', 'ParameterNotFound'],
  ])('of a call of %s that failed', async (service, error, errorCode) => {
    keep(record({ service, error, status: 400 }))
    expect(JSON.parse((await lookUp()).Events[0]?.CloudTrailEvent ?? '').errorCode).toBe(errorCode)
  })

  test('of a nested form, whatever its names are', async () => {
    const parameters = { 'Tag.1.Key': 'a', 'Tag.1.Value': 'b', '__proto__.x': 'y', 'constructor.z': 'w' }
    keep(record({ parameters }))
    expect(JSON.parse((await lookUp()).Events[0]?.CloudTrailEvent ?? '').requestParameters.tag).toEqual([
      { key: 'a', value: 'b' },
    ])
    expect(({} as { x?: string }).x).toBeUndefined()
  })
})

describe('what is an event', () => {
  test.each<[string, Partial<JournalRecord>, number]>([
    ['a call without a known caller', { principal: null }, 0],
    ['another region', { region: 'eu-west-1' }, 0],
    ['IAM, whichever region it was signed for', { service: 'iam', region: 'us-east-1' }, 1],
    ['an object', { service: 's3', operation: 'PutObject', parameters: { bucket: 'b', key: 'k' } }, 0],
    ['a list of objects', { service: 's3', operation: 'ListObjectsV2', parameters: { bucket: 'b' } }, 0],
    ['a bucket', { service: 's3', operation: 'PutBucketPolicy', parameters: { bucket: 'b' } }, 1],
    ['log lines', { service: 'logs', operation: 'PutLogEvents' }, 0],
    ['a parameter', { service: 'ssm', operation: 'GetParameter' }, 1],
    ['the question itself', { service: 'cloudtrail', operation: 'LookupEvents' }, 1],
  ])('%s', async (_, part, count) => {
    keep(record(part))
    expect(await names()).toHaveLength(count)
  })

  test.each([
    ['sts', 'AssumeRole', 'true'],
    ['ec2', 'DescribeInstances', 'true'],
    ['ssm', 'SendCommand', 'false'],
    ['s3', 'GetBucketPolicy', 'true'],
    ['s3', 'CreateBucket', 'false'],
  ])('%s %s has ReadOnly %s', async (service, operation, expected) => {
    keep(record({ service, operation }))
    expect((await lookUp()).Events[0]?.ReadOnly).toBe(expected)
  })
})

test('what a call made is found by its name, as well as what it asked for', async () => {
  const made = ['i-0123456789abcdef0', 'ASIAAAAAAAAAAAAAAAAA', `arn:aws:sts::${accountId}:assumed-role/r/s`]
  keep(record({ operation: 'RunInstances', parameters: { ImageId: 'ami-12345678' }, made }))
  expect((await lookUp()).Events[0]?.Resources).toEqual([
    { ResourceType: 'AWS::EC2::Ami', ResourceName: 'ami-12345678' },
    { ResourceType: 'AWS::EC2::Instance', ResourceName: made[0] },
    { ResourceType: 'AWS::IAM::AccessKey', ResourceName: made[1] },
    { ResourceType: 'AWS::STS::AssumedRole', ResourceName: made[2] },
  ])
  expect(await names(by('ResourceName', 'i-0123456789abcdef0'))).toEqual(['RunInstances'])
})
