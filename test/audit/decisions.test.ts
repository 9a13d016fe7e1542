import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planBands } from '../../scripts/audit/bands.ts'
import { parseEvent } from '../../scripts/audit/event.ts'
import { isWanted } from '../../scripts/audit/filter.ts'
import { parseSince } from '../../scripts/audit/range.ts'
import { renderTimeline } from '../../scripts/audit/render-text.ts'
import { planRow } from '../../scripts/audit/row.ts'
import { belongs, decideRole } from '../../scripts/audit/subject.ts'
import { type Made, makeEvent } from './record.ts'
import { at, end, iam, open, roleName, subject, tagged, user } from './windows-made.ts'

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
