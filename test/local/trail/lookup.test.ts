import { execFile } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { classify } from '../../../local/gateway/classify.ts'
import type { Incoming } from '../../../local/gateway/incoming.ts'
import type { JournalRecord } from '../../../local/gateway/journal.ts'
import type { Owner } from '../../../local/gateway/owners.ts'
import type { TrailEvent } from '../../../local/trail/event.ts'
import { createTrailOwners } from '../../../local/trail/owners.ts'
import { accountId, type Gateway, serve } from '../ssm/fixture.ts'

const scope = { service: 'cloudtrail', region: 'us-west-2' }
let folder: string
let number = 0
const files = () => ({ file: join(folder, 'journal.jsonl'), older: join(folder, 'journal.1.jsonl') })

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'graviton-trail-'))
  number = 0
  return () => rmSync(folder, { recursive: true })
})

const alice = `arn:aws:iam::${accountId}:user/alice`
/** One second after the one before. */
const record = (part: Partial<JournalRecord> = {}): JournalRecord => {
  number += 1
  return {
    time: new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString(),
    ms: 5,
    service: 'ec2',
    operation: 'DescribeVpcs',
    region: 'us-west-2',
    principal: alice,
    accessKeyId: 'AKIA1',
    source: '127.0.0.1:5000',
    userAgent: 'aws-cli/1',
    status: 200,
    error: null,
    requestId: `request-${number}`,
    parameters: {},
    ...part,
  }
}
const lines = (...records: JournalRecord[]) => records.map((one) => `${JSON.stringify(one)}\n`).join('')
const keep = (...records: JournalRecord[]) => writeFileSync(files().file, lines(...records))

interface Answer {
  readonly Events: TrailEvent[]
  readonly NextToken?: string
  readonly __type?: string
}

const lookUp = async (input: object = {}): Promise<Answer> => {
  const owner = createTrailOwners({ ...files(), flush: () => {} })['cloudtrail/LookupEvents'] as Owner
  const incoming = {
    id: 'id',
    headers: [['x-amz-target', 'CloudTrail_20131101.LookupEvents']],
    body: Buffer.from(JSON.stringify(input)),
  } as unknown as Incoming
  const reply = await owner({ incoming, call: classify(incoming, scope) } as Parameters<Owner>[0])
  return JSON.parse(reply.body.toString()) as Answer
}
const by = (AttributeKey: string, AttributeValue: string) => ({
  LookupAttributes: [{ AttributeKey, AttributeValue }],
})
const names = async (input: object = {}) => (await lookUp(input)).Events.map(({ EventName }) => EventName)

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

describe('a question', () => {
  test.each([
    ['EventName', 'B', ['B']],
    ['EventSource', 'ssm.amazonaws.com', ['C']],
    ['ResourceName', 'vpc-12345678', ['B']],
    ['ResourceType', 'AWS::EC2::VPC', ['B']],
    ['AccessKeyId', 'AKIA2', ['A']],
    ['Username', 'bob', ['A']],
    ['ReadOnly', 'true', []],
  ])('by %s', async (key, value, expected) => {
    keep(
      record({ operation: 'A', principal: `arn:aws:iam::${accountId}:user/team/bob`, accessKeyId: 'AKIA2' }),
      record({ operation: 'B', parameters: { VpcId: 'vpc-12345678' } }),
      record({ operation: 'C', service: 'ssm' }),
    )
    expect(await names(by(key, value))).toEqual(expected)
  })

  test('by the id of an event finds that one', async () => {
    keep(record(), record(), record())
    const [, middle] = (await lookUp()).Events
    expect((await lookUp(by('EventId', middle?.EventId ?? ''))).Events).toEqual([middle])
  })

  test('by time includes both ends', async () => {
    keep(...Array.from({ length: 9 }, (_, index) => record({ operation: `E${index + 1}` })))
    const second = Date.UTC(2026, 0, 1) / 1000
    expect(await names({ StartTime: second + 3, EndTime: second + 5 })).toEqual(['E5', 'E4', 'E3'])
  })

  test.each<[object, string]>([
    [{ MaxResults: 0 }, 'InvalidMaxResultsException'],
    [{ MaxResults: 51 }, 'InvalidMaxResultsException'],
    [{ StartTime: 2, EndTime: 1 }, 'InvalidTimeRangeException'],
    [by('Colour', 'x'), 'InvalidLookupAttributesException'],
    [by('EventName', ''), 'InvalidLookupAttributesException'],
    [
      {
        LookupAttributes: [
          ...by('EventName', 'a').LookupAttributes,
          ...by('EventName', 'b').LookupAttributes,
        ],
      },
      'InvalidLookupAttributesException',
    ],
    [{ NextToken: 'made up' }, 'InvalidNextTokenException'],
    [{ EventCategory: 'other' }, 'InvalidEventCategoryException'],
  ])('%j is %s', async (input, type) => {
    keep(record())
    expect((await lookUp(input)).__type).toBe(type)
  })

  test('of an empty journal has no answer', async () => expect(await lookUp()).toEqual({ Events: [] }))
})

describe('pages', () => {
  const all = async (input: object = {}, between: () => void = () => {}) => {
    const found: string[] = []
    let token: string | undefined
    do {
      const page = await lookUp({
        ...input,
        MaxResults: 7,
        ...(token === undefined ? {} : { NextToken: token }),
      })
      found.push(...page.Events.map(({ EventName }) => EventName))
      token = page.NextToken
      between()
    } while (token !== undefined)
    return found
  }
  const many = (count: number, from = 0) =>
    // Long ones, so that they lie across the chunks that are read.
    Array.from({ length: count }, (_, index) =>
      record({ operation: `E${from + index}`, parameters: { note: 'ä'.repeat(index * 50) } }),
    )
  const newestFirst = (count: number) => Array.from({ length: count }, (_, index) => `E${count - 1 - index}`)

  test('tell everything once, newest first, across both files', async () => {
    writeFileSync(files().older, lines(...many(60)))
    writeFileSync(files().file, `${lines(...many(60, 60))}{"time":"2026-01-0`)
    expect(await all()).toEqual(newestFirst(120))
  })

  test('stay in place when calls are added and the journal is rotated meanwhile', async () => {
    keep(...many(40))
    let turns = 0
    const rotate = () => {
      turns += 1
      if (turns !== 2) return
      renameSync(files().file, files().older)
      keep(record({ operation: 'later' }))
    }
    expect(await all({}, rotate)).toEqual(newestFirst(40))
  })

  test('end when what is left is no longer kept', async () => {
    keep(...many(40))
    const { NextToken } = await lookUp({ MaxResults: 5 })
    rmSync(files().file)
    keep(record())
    expect((await lookUp({ NextToken })).__type).toBe('InvalidNextTokenException')
  })

  test('belong to their question', async () => {
    keep(...many(40))
    const { NextToken } = await lookUp({ MaxResults: 5 })
    expect((await lookUp({ NextToken, ...by('EventName', 'E1') })).__type).toBe('InvalidNextTokenException')
  })
})

describe('through the gateway', () => {
  let gateway: Gateway
  let home: string
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'graviton-trail-'))
    const [file, older] = [join(home, 'journal.jsonl'), join(home, 'journal.1.jsonl')]
    gateway = await serve(home, createTrailOwners({ file, older, flush: () => gateway.flush() }))
  })
  afterAll(async () => {
    await gateway.close()
    rmSync(home, { recursive: true })
  })

  test('the AWS CLI sees its own last call', async () => {
    const env = {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      AWS_ENDPOINT_URL: gateway.endpoint,
      AWS_ACCESS_KEY_ID: 'alice',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_DEFAULT_REGION: 'us-west-2',
    }
    const aws = (...args: string[]) => promisify(execFile)('aws', args, { env })
    await aws('ssm', 'get-parameter', '--name', '/x').catch(() => {})
    const { stdout } = await aws(
      'cloudtrail',
      'lookup-events',
      '--max-items',
      '1',
      '--start-time',
      new Date(Date.now() - 60_000).toISOString(),
    )
    expect(JSON.parse(stdout).Events).toMatchObject([
      { EventName: 'GetParameter', Username: 'alice', ReadOnly: 'true' },
    ])
  })
})
