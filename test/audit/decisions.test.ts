import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseUserName } from '../../config/user-name.ts'
import { bandAt, planBands } from '../../scripts/audit/bands.ts'
import { parseEvent } from '../../scripts/audit/event.ts'
import { isWanted } from '../../scripts/audit/filter.ts'
import { parseSince } from '../../scripts/audit/range.ts'
import { renderTimeline } from '../../scripts/audit/render-text.ts'
import { planRow } from '../../scripts/audit/row.ts'
import { belongs, decideRole, type Subject } from '../../scripts/audit/subject.ts'
import { planWindow, renderClosed, renderWindow } from '../../scripts/elevation/window.ts'
import { type Made, makeEvent } from './record.ts'

const user = parseUserName('alice')
const subject: Subject = {
  user,
  logins: new Set(['alice', 'alice@corp.example']),
  instances: new Set(['i-0123456789abcdef0']),
  address: { ip: '10.0.0.7', since: Date.parse('2026-01-01T11:00:00Z') },
  aliases: new Set(['/kiro-sandbox/default/image/current']),
}
const end = Date.parse('2026-01-01T18:00:00Z')
const at = (clock: string) => `2026-01-01T${clock}Z`
const roleName = 'kiro-elevated-alice'
const iam = { source: 'iam', name: 'PutRolePolicy' }
const put = (time: string, policyDocument: string, more: Made = {}) =>
  makeEvent({
    ...iam,
    time,
    request: { roleName, policyName: 'kiro-elevation-window', policyDocument },
    ...more,
  })
const open = (time: string, minutes: number, allow?: readonly string[]) =>
  put(time, renderWindow(planWindow(new Date(time), minutes * 60, allow)))
const tagged = (time: string, until: string, reason: string) =>
  makeEvent({
    ...{ source: 'iam', name: 'TagRole', time },
    request: {
      roleName,
      tags: Object.entries({ until, by: 'arn:aws:sts::1:assumed-role/Sso/alice', reason }).map(
        ([key, value]) => ({
          key: `kiro:elevated-${key}`,
          value,
        }),
      ),
    },
  })

describe('whose call it is', () => {
  test.each([
    ['readonly', { role: 'kiro-readonly-alice' }],
    ['elevated', { role: 'kiro-elevated-alice' }],
    ['machine', { role: 'kiro-ec2-alice', session: 'i-0123456789abcdef0' }],
    ['login', { role: 'AWSReservedSSO_KiroEngineer_1', session: 'alice@corp.example' }],
    ['other', { role: 'kiro-readonly-bob', session: 'bob' }],
    ['other', { role: 'AWSReservedSSO_KiroEngineer_1', session: 'alice@elsewhere.example' }],
    ['other', { role: 'kiro-readonly-alice-b', session: 'alice-b' }],
  ])('%s: %o', (role, made) => expect(decideRole(makeEvent(made), subject)).toBe(role))

  test.each<[boolean, string, Made]>([
    [true, 'a change of a role', { ...iam, request: { roleName: 'kiro-readonly-alice' } }],
    [
      false,
      'a look at it',
      { ...iam, name: 'GetRole', readOnly: true, request: { roleName: 'kiro-readonly-alice' } },
    ],
    [false, "another one's role", { ...iam, request: { roleName: 'kiro-readonly-alice-b' } }],
    [true, 'a session on the machine', { name: 'StartSession', request: { target: 'i-0123456789abcdef0' } }],
    [true, 'a role by its ARN', { resources: ['arn:aws:iam::111122223333:role/kiro-elevated-alice'] }],
    [
      true,
      'an image alias',
      { name: 'PutParameter', request: { name: '/kiro-sandbox/default/image/current' } },
    ],
    [
      true,
      'a machine by its tag',
      { request: { tagSpecificationSet: { items: [{ tags: [{ key: 'kiro:sandbox', value: 'alice' }] }] } } },
    ],
    [false, 'a machine of another tag', { request: { tags: [{ key: 'kiro:sandbox', value: 'bob' }] } }],
    [true, 'a tunnel to its address', { name: 'OpenTunnel', request: { privateIpAddress: '10.0.0.7' } }],
    [
      false,
      'a tunnel there before the machine was',
      { name: 'OpenTunnel', time: at('10:00:00'), request: { privateIpAddress: '10.0.0.7' } },
    ],
  ])('of somebody else belongs to the story: %s, %s', (is, _what, made) =>
    expect(belongs(makeEvent(made), subject)).toBe(is),
  )
})

describe('windows', () => {
  test('last from their policy to their end, with the reason that was written before', () => {
    const events = [tagged(at('12:00:00'), at('12:30:00'), 'JIRA-1'), open(at('12:00:00'), 30)]
    expect(planBands(events.reverse(), user, end)).toMatchObject([
      {
        from: Date.parse(at('12:00:00')),
        until: Date.parse(at('12:30:00')),
        reason: 'JIRA-1',
        closed: false,
      },
    ])
  })

  test('closed by hand end there; a new one ends the one before', () => {
    const events = [open(at('12:00:00'), 30), open(at('12:10:00'), 30), put(at('12:20:00'), renderClosed())]
    expect(planBands(events, user, end)).toMatchObject([
      { until: Date.parse(at('12:10:00')), closed: false },
      { from: Date.parse(at('12:10:00')), until: Date.parse(at('12:20:00')), closed: true },
    ])
  })

  test('get no reason that was written for another window', () => {
    const [band] = planBands(
      [tagged(at('11:00:00'), at('11:05:00'), 'old'), open(at('12:00:00'), 5)],
      user,
      end,
    )
    expect(band?.reason).toBeNull()
  })

  test('a refused one opens nothing, nor does one of another role', () => {
    const document = renderWindow(planWindow(new Date(at('12:00:00')), 60, undefined))
    const refused = put(at('12:00:00'), document, { error: 'AccessDenied' })
    const foreign = put(at('12:00:00'), document, {
      request: {
        roleName: 'kiro-elevated-bob',
        policyName: 'kiro-elevation-window',
        policyDocument: document,
      },
    })
    expect(planBands([refused, foreign], user, end)).toEqual([])
  })

  test('a policy without an end is shown as one that is not ours, to this day', () => {
    const forged = put(at('12:00:00'), '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}')
    expect(planBands([forged], user, end)).toMatchObject([{ mode: 'foreign', until: end, reason: null }])
  })

  test('a session that was handed over is one, too', () => {
    const tags = Object.entries({ until: at('12:20:00'), reason: 'JIRA-2', pushed: 'true' }).map(
      ([key, value]) => ({
        key: `kiro:elevated-${key}`,
        value,
      }),
    )
    const roleArn = `arn:aws:iam::111122223333:role/${roleName}`
    const events = [
      makeEvent({ source: 'sts', name: 'AssumeRole', time: at('12:05:00'), request: { roleArn, tags } }),
    ]
    expect(planBands(events, user, end)).toMatchObject([{ mode: 'push', reason: 'JIRA-2' }])
  })

  test('documents may be URL-encoded', () => {
    const document = encodeURIComponent(renderWindow(planWindow(new Date(at('12:00:00')), 60, ['s3:*'])))
    expect(planBands([put(at('12:00:00'), document)], user, end)).toMatchObject([
      { mode: 'window', allow: ['s3:*'] },
    ])
  })

  test('hold at their first and last second', () => {
    const bands = planBands([open(at('12:00:00'), 1)], user, end)
    const held = ['11:59:59', '12:00:00', '12:01:00', '12:01:01'].map((clock) =>
      bandAt(bands, Date.parse(at(clock))),
    )
    expect(held.map((band) => band !== undefined)).toEqual([false, true, true, false])
  })
})

describe('a row', () => {
  const bands = planBands(
    [tagged(at('12:00:00'), at('12:30:00'), 'JIRA-1'), open(at('12:00:00'), 30)],
    user,
    end,
  )

  test('of the elevated role bears its window, that of another role does not', () => {
    const rows = [roleName, 'kiro-readonly-alice'].map((role) => planRow(makeEvent({ role }), subject, bands))
    expect(rows.map(({ window }) => window)).toEqual([{ until: at('12:30:00'), reason: 'JIRA-1' }, null])
  })

  test('of a session names it, its document, and its reason', () => {
    const request = { target: 'i-0123456789abcdef0', documentName: 'kiro-session-shell', reason: 'look' }
    const event = makeEvent({
      source: 'ssm',
      name: 'StartSession',
      request,
      response: { sessionId: 'alice-1' },
    })
    expect(planRow(event, subject, bands)).toMatchObject({
      kind: 'session',
      sessionId: 'alice-1',
      what: 'session alice-1 on i-0123456789abcdef0 by kiro-session-shell: look',
    })
  })

  test('is kept or left by what was asked for', () => {
    const denied = planRow(
      makeEvent({ role: roleName, error: 'Client.UnauthorizedOperation' }),
      subject,
      bands,
    )
    const read = planRow(makeEvent({ role: 'kiro-readonly-alice', readOnly: true }), subject, bands)
    const none = { writes: false, denied: false, role: undefined }
    const kept = (wanted: object) => [denied, read].map((row) => isWanted(row, { ...none, ...wanted }))
    expect(kept({})).toEqual([true, true])
    expect(kept({ writes: true })).toEqual([true, false])
    expect(kept({ denied: true })).toEqual([true, false])
    expect(kept({ role: 'readonly' })).toEqual([false, true])
  })

  test('the timeline draws the window as a band, and says a row that repeats once', () => {
    const made = [
      makeEvent({ role: 'kiro-readonly-alice', time: at('11:59:00') }),
      ...['12:01:00', '12:01:01', '12:02:00'].map((clock) => makeEvent({ role: roleName, time: at(clock) })),
      makeEvent({ role: roleName, time: at('12:31:00'), error: 'AccessDenied' }),
    ]
    const lines = [
      ...renderTimeline(
        made.map((event) => planRow(event, subject, bands)),
        bands,
      ),
    ]
    expect(lines).toEqual([
      '2026-01-01 (UTC)',
      '  11:59:00  readonly  s3:CreateBucket                 ok      from 203.0.113.9',
      '┏ 12:00:00  window: JIRA-1',
      '┃ 12:01:00  elevated  s3:CreateBucket                 ok      from 203.0.113.9  ×3',
      '┗ 12:30:00  ends',
      '  12:31:00  elevated  s3:CreateBucket                 ! AccessDenied  from 203.0.113.9',
    ])
  })

  test('of a call that went through outside every window says so', () => {
    const row = planRow(makeEvent({ role: roleName, time: at('15:00:00') }), subject, bands)
    expect([...renderTimeline([row], [])].at(-1)).toContain('(no window)')
  })
})

describe('what is no event', () => {
  test.each(['', '{', 'null', '[]', '{"eventID":"1"}', '{"eventID":"1","eventName":"A","eventTime":"soon"}'])(
    'is none: %s',
    (CloudTrailEvent) => expect(parseEvent({ CloudTrailEvent })).toBeUndefined(),
  )

  test('any JSON is an event or none, and makes a row when it is one', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (userIdentity, requestParameters) => {
        const record = {
          eventID: '1',
          eventName: 'A',
          eventTime: at('12:00:00'),
          userIdentity,
          requestParameters,
        }
        const event = parseEvent({ CloudTrailEvent: JSON.stringify(record) })
        expect(event).toBeDefined()
        if (event !== undefined) expect(planRow(event, subject, []).eventId).toBe('1')
      }),
    )
  })
})

test.each(['91d', '0', '5y', ''])('--since "%s" is refused before anything is asked', (text) =>
  expect(() => parseSince(text)).toThrow(/--since/),
)
