import { describe, expect, test } from 'vitest'
import { namedCalls } from '../../../scripts/audit/transcripts/aws-words.ts'
import { joinCalls } from '../../../scripts/audit/transcripts/join.ts'
import { parseFiles } from '../../../scripts/audit/transcripts/read-files.ts'
import { renderReport } from '../../../scripts/audit/transcripts/render-report.ts'
import { planReport } from '../../../scripts/audit/transcripts/report.ts'
import { at, type Use, v2Files, v2Meta, v2Records, v3Files } from './chats.ts'
import { makeRow } from './rows.ts'

const shell = (id: string, command: string, more: Partial<Use> = {}): Use => ({
  id,
  tool: 'shell',
  input: { command },
  ...more,
})
const chat = (agent: string, ...uses: Use[]) =>
  parseFiles(v2Files('chat', v2Records('go', '10:00:00', uses), v2Meta('chat', agent, [['10:01:00']])))
    .transcripts
const told = (joined: ReturnType<typeof joinCalls>) =>
  joined.calls.map(({ call, matches, missing }) => [
    call.id,
    matches.map(({ row, how, ofCalls, ofEvents }) => `${row.call} ${how} ${ofCalls}/${ofEvents}`),
    missing.map(({ name }) => name),
  ])

describe('calls of AWS that a command names', () => {
  test.each([
    ['aws ec2 describe-vpcs', 'ec2:describevpcs'],
    [
      'aws --profile kiro-elevated --region=us-east-1 --debug s3api create-bucket --bucket x',
      's3:createbucket',
    ],
    ['cd /tmp && AWS_PROFILE=kiro-elevated aws s3 mb s3://x || echo no', 's3:createbucket'],
    ['aws s3 ls', 's3:listbuckets'],
    ['aws s3 ls 2>/dev/null | head', 's3:listbuckets'],
    [
      'for i in 1 2; do aws elbv2 describe-load-balancers; done',
      'elasticloadbalancing:describeloadbalancers',
    ],
    ['X=$(aws cloudwatch list-metrics --output json)', 'monitoring:listmetrics'],
    ["bash -lc 'sudo /usr/local/bin/aws lambda list-functions'", 'lambda:listfunctions'],
    ['timeout 5s aws stepfunctions \\\n  list-state-machines', 'states:liststatemachines'],
    ['echo aws ec2 describe-vpcs', ''],
    ['echo "run: aws ec2 describe-vpcs"', ''],
    ['aws configure list; aws ec2 help; aws ec2 wait instance-running; aws', ''],
    ['python3 inventory.py', ''],
  ])('%s', (command, keys) => {
    expect(
      namedCalls({ input: { command } })
        .map(({ key }) => key)
        .join(' '),
    ).toBe(keys)
  })

  test('a profile that is set for all that follows, for one command, or as an option', () => {
    const command =
      'export AWS_PROFILE=kiro-elevated; aws a b; AWS_PROFILE=other aws a b; aws a b --profile third; aws a b'
    expect(namedCalls({ input: { command } }).map(({ profile }) => profile)).toEqual([
      ...['kiro-elevated', 'other', 'third', 'kiro-elevated'],
    ])
  })

  test('use_aws says it in words of its own, call_aws in a command line', () => {
    const input = { service_name: 'ec2', operation_name: 'describe-vpcs', profile_name: 'kiro-elevated' }
    expect(namedCalls({ input })).toMatchObject([{ key: 'ec2:describevpcs', profile: 'kiro-elevated' }])
    expect(namedCalls({ input: { cli_command: ['aws sts get-caller-identity'] } })).toMatchObject([
      { key: 'sts:getcalleridentity' },
    ])
  })
})

test('the id of a request in the output is certain, and CloudTrail adds a date to some names', () => {
  const id = '7fd50931-7b8e-425d-b1a4-932dd266d122'
  const use = shell('t1', 'aws lambda list-functions --debug', { output: `'x-amzn-requestid': '${id}'` })
  const row = makeRow('lambda:ListFunctions20150331', '10:00:30', { requestId: id })
  const other = makeRow('lambda:ListFunctions20150331', '10:00:31')
  const joined = joinCalls(chat('readonly', use), [row, other])
  expect(told(joined)).toEqual([['t1', ['lambda:ListFunctions20150331 request id 1/1'], []]])
  expect(joined.alone).toEqual([{ row: other, during: ['chat'] }])
})

test('an id that an output only lists, of a call of another hour, is no match', () => {
  const id = '7fd50931-7b8e-425d-b1a4-932dd266d122'
  const use = shell('t1', 'aws cloudtrail lookup-events', { output: id })
  const joined = joinCalls(chat('readonly', use), [
    makeRow('ec2:RunInstances', '08:00:00', { requestId: id }),
  ])
  expect(told(joined)).toEqual([['t1', [], ['cloudtrail:lookup-events']]])
})

test('without an id time, role, service and operation have to agree, all four', () => {
  const rows = [
    makeRow('ec2:DescribeVpcs', '10:00:30'),
    makeRow('ec2:DescribeVpcs', '10:05:00'),
    makeRow('ec2:DescribeVpcs', '10:00:31', { role: 'kiro-elevated-alice' }),
    makeRow('ec2:DescribeSubnets', '10:00:32'),
  ]
  const joined = joinCalls(chat('readonly', shell('t1', 'aws ec2 describe-vpcs')), rows)
  expect(told(joined)).toEqual([['t1', ['ec2:DescribeVpcs time and call 1/1'], []]])
  expect(joined.alone.map(({ row, during }) => [row, during])).toEqual([
    ...[
      [rows[1], []],
      [rows[2], ['chat']],
      [rows[3], ['chat']],
    ],
  ])
})

test('a readonly agent that takes the elevated profile is found by that', () => {
  const row = makeRow('s3:CreateBucket', '10:00:30', { role: 'kiro-elevated-alice', error: 'AccessDenied' })
  const joined = joinCalls(chat('readonly', shell('t1', 'aws s3 mb s3://x --profile kiro-elevated')), [row])
  expect(told(joined)).toEqual([['t1', ['s3:CreateBucket time and call 1/1'], []]])
})

test('what may have been either is said to be one of so many, on both sides, and never decided', () => {
  const rows = [
    makeRow('ec2:DescribeVpcs', '10:00:10'),
    makeRow('ec2:DescribeVpcs', '10:00:20'),
    makeRow('ec2:DescribeVpcs', '10:00:30'),
  ]
  const transcripts = chat(
    'readonly',
    shell('t1', 'aws ec2 describe-vpcs'),
    shell('t2', 'aws ec2 describe-vpcs'),
  )
  const joined = joinCalls(transcripts, rows)
  const each = Array.from({ length: 3 }, () => 'ec2:DescribeVpcs time and call 2/3')
  expect(told(joined)).toEqual([
    ['t1', each, []],
    ['t2', each, []],
  ])
  const report = planReport(transcripts, joined, {
    now: at('12:00:00'),
    wanted: { writes: false, denied: false, role: undefined },
  })
  expect([...renderReport(report)].join('\n')).toContain(
    '(time and call; one of 2 tool calls that may have been it; one of 3 events that fit)',
  )
})

test('a command that names a call twice may have made two', () => {
  const rows = [makeRow('ec2:DescribeVpcs', '10:00:10'), makeRow('ec2:DescribeVpcs', '10:00:20')]
  const joined = joinCalls(
    chat('readonly', shell('t1', 'aws ec2 describe-vpcs; aws ec2 describe-vpcs')),
    rows,
  )
  const one = 'ec2:DescribeVpcs time and call 1/1'
  expect(told(joined)).toEqual([['t1', [one, one], []]])
})

test('two chats side by side are told apart by their agents, else both may have been it', () => {
  const use = (done: string): Use => ({ ...shell('t', 'aws ec2 describe-vpcs'), done })
  const pair = (a: string, b: string) =>
    parseFiles([
      ...v3Files('1', a, 'x', '10:00:00', [use('10:00:20')]),
      ...v3Files('2', b, 'x', '10:00:05', [use('10:00:25')]),
    ]).transcripts
  const row = makeRow('ec2:DescribeVpcs', '10:00:10')
  const counts = (joined: ReturnType<typeof joinCalls>) =>
    joined.calls.map(({ matches }) => matches.map(({ ofCalls }) => ofCalls))
  expect(counts(joinCalls(pair('readonly', 'elevated'), [row]))).toEqual([[1], []])
  expect(counts(joinCalls(pair('kiro_default', 'other'), [row]))).toEqual([[2], [2]])
})

test('a call without an event says why there may be none', () => {
  const transcripts = chat('readonly', shell('t1', 'aws s3 cp a s3://b; aws ec2 describe-vpcs'))
  const why = (now: string) =>
    planReport(transcripts, joinCalls(transcripts, []), {
      ...{ now: at(now), wanted: { writes: false, denied: false, role: undefined } },
    }).sessions.flatMap(({ prompts }) =>
      prompts.flatMap(({ calls }) => calls.flatMap(({ missing }) => missing)),
    )
  expect(why('10:05:00')).toEqual([
    { call: 's3:cp', why: 'a data event is not in event history' },
    { call: 'ec2:describe-vpcs', why: 'none yet; CloudTrail takes up to 15 minutes' },
  ])
  expect(why('12:00:00')[1]?.why).toBe('none in event history')
})

test('--denied leaves the refused calls, with the tool calls that asked for them', () => {
  const transcripts = chat('readonly', shell('t1', 'aws ec2 describe-vpcs'), shell('t2', 'aws s3 mb s3://x'))
  const rows = [
    makeRow('ec2:DescribeVpcs', '10:00:10'),
    makeRow('s3:CreateBucket', '10:00:20', { error: 'AccessDenied', readOnly: false }),
    makeRow('iam:CreateUser', '10:30:00', { error: 'AccessDenied', readOnly: false }),
  ]
  const wanted = { writes: false, denied: true, role: undefined }
  const report = planReport(transcripts, joinCalls(transcripts, rows), { now: at('12:00:00'), wanted })
  const calls = report.sessions.flatMap(({ prompts }) => prompts.flatMap((prompt) => prompt.calls))
  expect(calls.map(({ input, events }) => [input, events.length])).toEqual([['aws s3 mb s3://x', 1]])
  expect(report.withoutToolCall.map(({ call }) => call)).toEqual(['iam:CreateUser'])
})
