import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateLaunchTemplateCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2'
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LocalTarget } from '../../../local/control/ensure.ts'
import { parseRecord, renderRecord } from '../../../local/control/render-journal.ts'
import { type JournalRecord, openJournal } from '../../../local/gateway/journal.ts'
import { clientsFor, openRoom, type Room, readJournal } from '../control/fixture.ts'

let room: Room
let target: LocalTarget
let folder: string

beforeAll(async () => {
  room = await openRoom()
  target = await room.up()
  folder = mkdtempSync(join(tmpdir(), 'graviton-journal-'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await room.close()
})

const journal = (): string => readFileSync(join(room.paths.local, 'journal.jsonl'), 'utf8')
const readRecords = () => readJournal(room, clientsFor(target))

test('secrets are masked, policies are kept, keys and signatures never appear', async () => {
  const { ssm, ec2, iam } = clientsFor(target)
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'ec2:*', Resource: '*' }],
  })
  await ssm.send(
    new PutParameterCommand({
      Name: '/s',
      Value: 'hush-hush',
      Type: 'SecureString',
      Tags: [{ Key: 'team', Value: 'blue' }],
    }),
  )
  await ssm.send(new PutParameterCommand({ Name: '/p', Value: 'plain-words', Type: 'String' }))
  const LaunchTemplateData = { UserData: Buffer.from('boot secret').toString('base64') }
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'lt', LaunchTemplateData }))
  await iam.send(new CreateUserCommand({ UserName: 'bob' }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'bob' }))
  await iam.send(new PutUserPolicyCommand({ UserName: 'bob', PolicyName: 'p', PolicyDocument: policy }))
  const records = await readRecords()
  const text = journal()
  for (const secret of [
    'hush-hush',
    LaunchTemplateData.UserData,
    target.secretAccessKey,
    AccessKey?.SecretAccessKey as string,
    'Signature=',
  ])
    expect(text).not.toContain(secret)
  const of = (operation: string) => records.filter((record) => record.operation === operation)
  expect(of('PutParameter').map(({ parameters }) => parameters.Value)).toEqual(['***', 'plain-words'])
  expect(of('PutParameter')[0]?.parameters.Tags).toEqual([{ Key: 'team', Value: 'blue' }])
  expect(of('PutUserPolicy')[0]?.parameters.PolicyDocument).toBe(policy)
  expect(statSync(join(room.paths.local, 'journal.jsonl')).mode & 0o777).toBe(0o600)
})

test('who, what, from where, how it ended', async () => {
  const { ssm } = clientsFor(target)
  await ssm.send(new GetParameterCommand({ Name: '/none' })).catch(() => {})
  expect((await readRecords()).at(-1)).toMatchObject({
    service: 'ssm',
    operation: 'GetParameter',
    region: 'us-west-2',
    principal: expect.stringMatching(/^arn:aws:iam::\d{12}:user\//),
    accessKeyId: target.accessKeyId,
    source: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    userAgent: expect.stringContaining('aws-sdk-js'),
    status: 400,
    error: 'ParameterNotFound',
    parameters: { Name: '/none' },
  })
})

test('a key that is not ours is not written down', async () => {
  const stranger = clientsFor(target, { accessKeyId: 'AKIAREALKEYOFSOMEONE', secretAccessKey: 'x' })
  await stranger.ec2.send(new DescribeVpcsCommand({})).catch(() => {})
  expect((await readRecords()).at(-1)).toMatchObject({
    operation: 'DescribeVpcs',
    error: 'AuthFailure',
    principal: null,
  })
  expect(journal()).not.toContain('AKIAREALKEYOFSOMEONE')
  expect(readFileSync(join(room.paths.local, 'gateway.log'), 'utf8')).not.toContain('AKIAREALKEYOFSOMEONE')
})

const record = (requestId: string): JournalRecord => {
  const [first = ''] = journal().split('\n')
  return { ...(parseRecord(first) as JournalRecord), requestId }
}
const read = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => parseRecord(line)?.requestId ?? [])

test('half a line of a killed process spoils no other line', () => {
  const file = join(folder, 'torn.jsonl')
  writeFileSync(file, '{"time":"2026-01-0')
  const torn = openJournal({ file, log: () => {} })
  torn.write(record('one'))
  torn.close()
  expect(read(file)).toEqual(['one'])
})

test('one old file is kept when it grows', () => {
  const file = join(folder, 'grown.jsonl')
  const grown = openJournal({ file, log: () => {}, largest: 100 })
  for (const id of ['one', 'two', 'three']) {
    grown.write(record(id))
    grown.flush()
  }
  grown.close()
  expect([read(file), read(file.replace('.jsonl', '.1.jsonl'))]).toEqual([['three'], ['two']])
})

test('a full disk is said once and stops nothing', () => {
  const said: string[] = []
  // Every write to it fails with ENOSPC.
  const full = openJournal({ file: '/dev/full', log: (line) => said.push(line) })
  for (const id of ['one', 'two']) {
    full.write(record(id))
    full.flush()
  }
  full.close()
  expect(said).toEqual([expect.stringMatching(/ENOSPC/)])
})

test('control characters of a caller do not reach the terminal', () => {
  expect(renderRecord({ ...record('x'), operation: '\u001b[31mred' })).not.toContain('\u001b')
})
