import { describe, expect, test } from 'vitest'
import { parseUserName } from '../../config/user-name.ts'
import { findLastWindow, planLookBack } from '../../scripts/audit/find-subject.ts'
import { growGround } from '../../scripts/audit/ground.ts'
import { planNews } from '../../scripts/audit/news.ts'
import { planQuestions } from '../../scripts/audit/questions.ts'
import { parseRegions, renderRegions } from '../../scripts/audit/regions.ts'
import { planRow } from '../../scripts/audit/row.ts'
import { belongs, type Subject } from '../../scripts/audit/subject.ts'
import { planWindow, renderClosed, renderWindow } from '../../scripts/elevation/window.ts'
import { type Made, makeEvent } from './record.ts'

const user = parseUserName('alice')
const subject: Subject = {
  ...{ user, logins: new Set(['alice']), instances: new Set(['i-0123456789abcdef0']) },
  ...{ address: undefined, aliases: new Set(['/kiro-sandbox/default/image/current']) },
}
const day = (number: number, clock = '12:00:00') => `2026-01-0${number}T${clock}Z`
const roleName = 'kiro-elevated-alice'
const put = (time: string, policyDocument: string, more: Made = {}) =>
  makeEvent({
    ...{ source: 'iam', name: 'PutRolePolicy', time, ...more },
    request: { roleName, policyName: 'kiro-elevation-window', policyDocument },
  })
const open = (time: string, minutes: number) =>
  put(time, renderWindow(planWindow(new Date(time), minutes * 60, undefined)))
const forged = '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
const ground = { subject, events: new Map(), since: Date.parse(day(5)) }

async function* stream<T>(...events: T[]): AsyncGenerator<T> {
  yield* events
}

describe('a window that was opened long before', () => {
  test('and never shut is drawn, however long ago that was', async () => {
    const read = makeEvent({ source: 'iam', name: 'TagRole', time: day(3), request: { roleName } })
    const found = await findLastWindow(stream(read, put(day(2), forged), open(day(1), 60)), subject)
    const { bands } = growGround(ground, found, Date.parse(day(6)))
    expect(bands).toMatchObject([{ mode: 'foreign', from: Date.parse(day(2)), until: Date.parse(day(6)) }])
  })

  test('brings the reason that was written just before it', async () => {
    const until = day(5, '20:00:00')
    const tags = Object.entries({ until, reason: 'JIRA-9' }).map(([key, value]) => ({
      ...{ key: `kiro:elevated-${key}`, value },
    }))
    const tagged = makeEvent({
      source: 'iam',
      name: 'TagRole',
      time: day(5, '11:59:59'),
      request: { roleName, tags },
    })
    const found = await findLastWindow(stream(open(day(5), 480), tagged, open(day(1), 60)), subject)
    expect(growGround(ground, found, Date.parse(day(6))).bands).toMatchObject([{ reason: 'JIRA-9' }])
    expect(found).toHaveLength(2)
  })

  test('and shut again before the story is not drawn; no more is read than the last one', async () => {
    let read = 0
    const events = async function* () {
      for (const event of [put(day(4), renderClosed()), put(day(2), forged), open(day(1), 60)]) {
        read += 1
        yield event
      }
    }
    const found = await findLastWindow(events(), subject)
    expect(growGround(ground, found, Date.parse(day(6))).bands).toEqual([])
    expect(read).toBe(2)
  })

  test('is looked for by the longest window that the settings allow, and an hour of a session handed over', () => {
    const hours = [480, 5].map(
      (maxMinutes) => planLookBack({ elevation: { mode: 'window', maxMinutes } }) / 3600_000,
    )
    expect(hours).toEqual([9, 2])
  })
})

describe('who follows', () => {
  const at = (clock: string) => Date.parse(day(5, clock))
  const call = (clock: string) => planRow(makeEvent({ role: roleName, time: day(5, clock) }), subject, [])
  const grown = (...events: Parameters<typeof growGround>[1][]) =>
    growGround(
      ground,
      events.flatMap((one) => [...one]),
      at('23:00:00'),
    ).bands

  test('is told of a window as it opens and as it ends by time, each once', () => {
    const bands = grown([open(day(5, '13:00:00'), 10)])
    const first = planNews([call('13:00:00')], bands, at('13:00:30'))
    expect(first.lines).toEqual([
      '2026-01-05 (UTC)',
      '┏ 13:00:00  window: no reason recorded',
      expect.stringMatching(/^┃ 13:00:00 {2}elevated {2}s3:CreateBucket/),
    ])
    const second = planNews([], bands, at('13:05:00'), first)
    expect(second.lines).toEqual([])
    const third = planNews([call('13:11:00')], bands, at('13:11:30'), second)
    expect(third.lines).toEqual(['┗ 13:10:00  ends', expect.stringMatching(/^ {2}13:11:00/)])
  })

  test('is told of one that was shut by hand when that is known, also late', () => {
    const opened = open(day(5, '13:00:00'), 10)
    const first = planNews([], grown([opened]), at('13:11:00'))
    const late = grown([opened, put(day(5, '13:02:00'), renderClosed())])
    expect(planNews([], late, at('13:12:00'), first).lines).toEqual(['┗ 13:02:00  closed by hand'])
  })

  test('is told no end of a policy that nobody has taken away', () => {
    const bands = growGround(ground, [put(day(5, '13:00:00'), forged)], at('13:05:00')).bands
    // What is told is told a moment after it was seen.
    expect(planNews([], bands, at('13:05:01')).lines.at(-1)).toContain('none of ours')
  })

  test('sees a machine that was made since, and its calls', () => {
    const made = makeEvent({
      ...{ source: 'ec2', name: 'RunInstances', resources: ['i-0fedcba9876543210'] },
      request: { tags: [{ key: 'kiro:sandbox', value: 'alice' }] },
    })
    expect(growGround(ground, [made], 0).subject.instances).toContain('i-0fedcba9876543210')
  })
})

describe('what is asked', () => {
  const place = { accountId: '111122223333', home: 'us-west-2', others: [] as string[] }
  const asked = (others: readonly string[] = []) =>
    planQuestions(subject, { ...place, others }).map((one) => Object.values(one).join(' '))

  test.each(['kiro-elevated-strict-alice', 'kiro-perimeter-alice', 'kiro-elevated-boundary-alice'])(
    'the policy %s by its name and by its ARN',
    (name) =>
      expect(asked()).toEqual(
        expect.arrayContaining([
          `us-east-1 ResourceName ${name}`,
          `us-east-1 ResourceName arn:aws:iam::111122223333:policy/${name}`,
        ]),
      ),
  )

  test('commands that are run on the machine, by its id or by its tag', () => {
    expect(asked()).toContain('us-west-2 EventName SendCommand')
    const sent = (request: object) => makeEvent({ source: 'ssm', name: 'SendCommand', request })
    const byId = sent({ documentName: 'AWS-RunShellScript', instanceIds: ['i-0123456789abcdef0'] })
    const byTag = (name: string) =>
      sent({ documentName: 'D', targets: [{ key: 'tag:kiro:sandbox', values: [name] }] })
    expect([byId, byTag('alice'), byTag('bob')].map((event) => belongs(event, subject))).toEqual([
      true,
      true,
      false,
    ])
    expect([byId, byTag('alice')].map((event) => planRow(event, subject, []).what)).toEqual([
      'command AWS-RunShellScript on i-0123456789abcdef0',
      'command D on tag:kiro:sandbox=alice',
    ])
  })

  test('the calls of engineer and machine in other regions, when they are named', () => {
    expect(asked().filter((one) => one.startsWith('eu-'))).toEqual([])
    expect(asked(['eu-west-1']).filter((one) => one.startsWith('eu-'))).toEqual([
      'eu-west-1 Username alice',
      'eu-west-1 Username i-0123456789abcdef0',
    ])
  })

  test('and one line says where', () => {
    expect(renderRegions('us-west-2', ['eu-west-1'], ['eu-west-1'])).toBe(
      'asked us-west-2, us-east-1, eu-west-1; calls made in other regions are not in it (--region <name>, --region all)',
    )
    expect(renderRegions('us-west-2', ['us-east-1', 'us-west-2'], 'all')).toBe('asked us-west-2, us-east-1')
    expect(parseRegions(['eu-west-1', 'all'])).toBe('all')
    expect(() => parseRegions(['moon'])).toThrow('--region "moon" is no region')
  })
})
