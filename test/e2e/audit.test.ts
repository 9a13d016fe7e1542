import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setFaults } from '../../local/control/set-faults.ts'
import type { JournalRecord } from '../../local/gateway/journal.ts'
import { isManagement } from '../../local/trail/management.ts'
import type { Row } from '../../scripts/audit/row.ts'
import { makeKey } from '../ssh-proxy/place.ts'
import { openSession, type Session } from './cli.ts'

const minutes = 60_000
const asText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

/** A day as people have it: real sandbox, real AWS CLI in it, real ssh; and what CloudTrail says of it afterwards. */
describe.sequential('the story of a day', () => {
  let session: Session
  let own = ''
  let rows: readonly Row[] = []
  const inSandbox = (command: string, ...more: string[]) =>
    session.run('ssm:connect', '--user', 'alice', '--command', command, ...more)
  const audit = async (...more: string[]): Promise<readonly Row[]> => {
    const { code, stdout, stderr } = await session.run('audit', '--user', 'alice', '--json', ...more)
    if (code !== 0) throw new Error(stderr)
    return stdout
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Row)
  }
  const journal = (): readonly JournalRecord[] =>
    readFileSync(join(session.state, 'local', 'journal.jsonl'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as JournalRecord)

  beforeAll(async () => {
    session = openSession({})
    const up = await session.run('sandbox:up', '--user', 'alice', '--json')
    expect([up.code, up.stderr]).toEqual([0, expect.stringContaining('golden')])
    own = (JSON.parse(up.stdout) as { sandboxes: { instanceId: string }[] }).sandboxes[0]?.instanceId ?? ''
    await inSandbox('aws ec2 describe-vpcs; aws s3 mb s3://a-days-work', '--reason', 'look around')
    // Event times are whole seconds: what happens in the second of the window's beginning stands inside it.
    await delay(1100)
    await session.run('sandbox:elevate', '--user', 'alice', '--for', '10m', '--reason', 'JIRA-123 a bucket')
    await inSandbox(
      'export AWS_PROFILE=kiro-elevated; aws s3 mb s3://a-days-work; aws iam create-user --user-name eve',
    )
    await session.run('sandbox:deescalate', '--user', 'alice')
    const key = join(session.state, 'id')
    await makeKey(key)
    const proxy = [...session.argv('ssh:proxy', '--user', 'alice', '--key', `${key}.pub`)].join(' ')
    const options = [
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'BatchMode=yes',
      `ProxyCommand=${proxy}`,
    ]
    const flags = options.flatMap((option) => ['-o', option])
    const { stdout, stderr } = await session.exec('ssh', [
      ...flags,
      '-i',
      key,
      `kiro@${own}`,
      'echo it is me',
    ])
    expect([stdout, stderr]).toEqual(['it is me\n', expect.any(String)])
    rows = [...(await audit())].reverse()
  }, 8 * minutes)
  afterAll(() => session.close(), minutes)

  test('names what was done, as whom, with which result, and why it could be done', () => {
    const told = rows
      .filter(({ role }) => role === 'readonly' || role === 'elevated')
      .map(({ role, call, result, window }) => [role, call, result, window?.reason ?? null])
    const reason = 'JIRA-123 a bucket'
    // CloudTrail tells whole seconds, and of one second no order: what comes first is looked at by time alone.
    expect(told.filter(([, call]) => call !== 'sts:GetCallerIdentity').sort(asText)).toEqual(
      [
        ['readonly', 'ec2:DescribeVpcs', 'ok', null],
        ['readonly', 's3:CreateBucket', 'AccessDenied', null],
        ['elevated', 'ec2:DescribeRegions', 'ok', reason],
        ['elevated', 's3:CreateBucket', 'ok', reason],
        ['elevated', 'iam:CreateUser', 'AccessDenied', reason],
      ].sort(asText),
    )
    const times = rows.map(({ time }) => Date.parse(time))
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })

  test('tells of sessions, the pushed key and the tunnel, and where the words of a session are kept', () => {
    const visits = rows.filter(
      ({ kind, region }) => ['session', 'tunnel', 'key'].includes(kind) && region !== '',
    )
    const started = visits.filter(({ call }) => call === 'ssm:StartSession')
    expect(started.map(({ what }) => what)).toEqual([
      expect.stringMatching(new RegExp(`^session \\S+ on ${own} by kiro-session-command: look around$`)),
      expect.stringMatching(new RegExp(`^session \\S+ on ${own} by kiro-session-command$`)),
    ])
    for (const { sessionId, log } of started)
      expect(log).toEqual({ group: '/kiro-sandbox/sessions', stream: sessionId })
    expect(visits.map(({ call }) => call)).toContain('ec2-instance-connect:SendSSHPublicKey')
    expect(visits.find(({ kind }) => kind === 'tunnel')?.what).toMatch(/^tunnel to 10\.\S+ port 22$/)
  })

  test('misses nothing and makes nothing up: it is what the target has answered', () => {
    const mine = journal().filter(
      (record) =>
        /assumed-role\/kiro-(readonly|elevated|ec2)-alice\//.test(record.principal ?? '') &&
        isManagement(record),
    )
    const known = new Set(journal().map(({ requestId }) => requestId))
    const told = rows.map(({ requestId }) => requestId)
    expect(mine.length).toBeGreaterThan(8)
    // What the machine's agent has said since the story was told is not in it.
    const last = Date.parse(rows.at(-1)?.time ?? '')
    const missed = mine.filter(({ time, requestId }) => Date.parse(time) < last && !told.includes(requestId))
    expect(missed).toEqual([])
    expect(told.filter((id) => !known.has(id ?? ''))).toEqual([])
    expect(new Set(told).size).toBe(told.length)
  })

  test('is a timeline with the window as a band, for people', async () => {
    const { code, stdout, stderr } = await session.run('audit', '--user', 'alice')
    expect([code, stderr]).toEqual([0, expect.stringContaining('1 elevation window')])
    expect(stderr).toContain('management events alone')
    expect(stdout).toMatch(/^┏ \S+ {2}window: JIRA-123 a bucket$/m)
    expect(stdout).toMatch(/^┃ \S+ {2}elevated {2}s3:CreateBucket +ok/m)
    expect(stdout).toMatch(/^┗ \S+ {2}closed by hand$/m)
    expect(stdout).toMatch(/^ {2}\S+ {2}readonly {2}s3:CreateBucket +! AccessDenied/m)
  })

  test('can be asked for the denials alone, or for those of one role', async () => {
    const calls = (some: readonly Row[]) => some.map(({ role, call }) => `${role} ${call}`)
    expect(calls(await audit('--denied')).sort()).toEqual([
      'elevated iam:CreateUser',
      'readonly s3:CreateBucket',
    ])
    expect(calls(await audit('--denied', '--role', 'elevated'))).toEqual(['elevated iam:CreateUser'])
  })

  test('is told in full when CloudTrail asks for patience', { timeout: 2 * minutes }, async () => {
    const call = 'cloudtrail/LookupEvents'
    const fault = { call, status: 400, code: 'ThrottlingException', message: 'Rate exceeded', times: 3 }
    await setFaults(join(session.state, 'local'), [fault])
    const some = (all: readonly Row[]) =>
      all.filter(({ role }) => role === 'elevated').map(({ eventId }) => eventId)
    expect(some(await audit())).toEqual(some([...rows].reverse()))
  })

  test('is not told by somebody who may not ask, and that is said', async () => {
    const fault = {
      call: 'cloudtrail/LookupEvents',
      status: 400,
      code: 'AccessDeniedException',
      message: 'no cloudtrail:LookupEvents',
    }
    await setFaults(join(session.state, 'local'), [fault])
    const { code, stdout, stderr } = await session.run('audit', '--user', 'alice')
    await setFaults(join(session.state, 'local'), [])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(
      /AWS does not allow you to read CloudTrail's event history in us-\S+: no cloudtrail:LookupEvents/,
    )
  })

  test('is told without the logs of sessions when they may not be looked for, and that is said', async () => {
    const fault = {
      call: 'logs/DescribeLogStreams',
      status: 400,
      code: 'AccessDeniedException',
      message: 'not you',
    }
    await setFaults(join(session.state, 'local'), [fault])
    const { code, stdout, stderr } = await session.run('audit', '--user', 'alice')
    await setFaults(join(session.state, 'local'), [])
    expect([code, stdout]).toEqual([0, expect.stringMatching(/ssm:StartSession +ok +session (?!.* log )/)])
    expect(stderr.match(/sessions are shown without their logs: not you/g)).toHaveLength(1)
  })

  test('goes on with --follow until Ctrl-C, each event once', { timeout: 5 * minutes }, async () => {
    const following = session.start('audit', '--user', 'alice', '--since', '1h', '--follow', '--json')
    await inSandbox('aws ec2 describe-subnets')
    await following.waitForAnswer('ec2:DescribeSubnets')
    // What is shown with a later look says that the earlier one was looked at again.
    await inSandbox('aws ec2 describe-route-tables')
    await following.waitForAnswer('ec2:DescribeRouteTables')
    process.kill(following.pid, 'SIGINT')
    const { code, stdout } = await following.ended
    const told = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row)
    expect(code).toBe(0)
    // An event that CloudTrail shows late is told late, so of all of them no order is promised.
    const ours = ['ec2:DescribeSubnets', 'ec2:DescribeRouteTables']
    expect(told.map(({ call }) => call).filter((call) => ours.includes(call))).toEqual(ours)
    expect(new Set(told.map(({ eventId }) => eventId)).size).toBe(told.length)
  })

  test('of somebody without a sandbox has the image that all boot from, and nothing of hers', async () => {
    const { code, stdout } = await session.run('audit', '--user', 'nobody-here', '--json')
    const told = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row)
    expect([code, told.map(({ kind }) => kind)]).toEqual([0, ['image']])
  })
})
