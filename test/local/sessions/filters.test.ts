import { expect, test } from 'vitest'
import type { Session } from '../../../local/sessions/session.ts'
import { planForget } from '../../../local/sessions/session-book.ts'
import { parseSessionDocument, planSession } from '../../../local/sessions/session-document.ts'
import { planSessionTest } from '../../../local/sessions/session-filters.ts'

const plan = planSession(
  parseSessionDocument('Shell', '{"schemaVersion":"1.0","sessionType":"Standard_Stream"}'),
  {},
)
const make = (sessionId: string, rest: Partial<Session> = {}): Session => ({
  ...{ sessionId, region: 'us-west-2', target: 'i-1', status: 'Connected', documentName: 'Shell', plan },
  ...{ startedAt: Date.parse('2026-01-02T00:00:00Z'), endedAt: null, owner: 'arn:aws:iam::1:user/a' },
  ...{ reason: '', details: '' },
  ...rest,
})
const sessions = [
  make('a'),
  make('b', { target: 'i-2', status: 'Disconnected' }),
  make('c', { owner: 'arn:aws:iam::1:user/b', startedAt: Date.parse('2026-01-03T00:00:00Z') }),
  make('d', { status: 'Terminated', endedAt: 1 }),
  make('e', { status: 'Failed', endedAt: 1 }),
]

test.each([
  ['Active', [], 'abc'],
  ['History', [], 'de'],
  ['Active', [['Target', 'i-2']], 'b'],
  ['Active', [['Owner', 'arn:aws:iam::1:user/b']], 'c'],
  ['Active', [['Status', 'Connected']], 'ac'],
  ['History', [['Status', 'Failed']], 'e'],
  ['Active', [['SessionId', 'a']], 'a'],
  ['History', [['SessionId', 'a']], ''],
  ['Active', [['InvokedAfter', '2026-01-02T12:00:00Z']], 'c'],
  ['Active', [['InvokedBefore', '2026-01-02T12:00:00Z']], 'ab'],
  [
    'Active',
    [
      ['InvokedBefore', '2026-01-02T12:00:00Z'],
      ['Target', 'i-1'],
    ],
    'a',
  ],
  ['Active', [['AccessType', 'Standard']], 'abc'],
  ['Active', [['AccessType', 'JustInTime']], ''],
] as const)('%s sessions with %j are %j', (State, filters, expected) => {
  const Filters = filters.map(([key, value]) => ({ key, value }))
  const asked = { State, MaxResults: 50, ...(Filters.length === 0 ? {} : { Filters }) }
  const found = sessions.filter(planSessionTest(asked))
  expect(found.map(({ sessionId }) => sessionId).join('')).toBe(expected)
})

test.each([
  ['Colour', 'red', 'InvalidFilterKey'],
  ['constructor', 'x', 'InvalidFilterKey'],
  ['InvokedAfter', 'yesterday', 'ValidationException'],
])('a filter %s=%s is refused', (key, value, code) => {
  const ask = () => planSessionTest({ State: 'Active', MaxResults: 50, Filters: [{ key, value }] })
  expect(ask).toThrow(expect.objectContaining({ aws: expect.objectContaining({ code }) }))
})

test('history is forgotten after 30 days or 1000 sessions; what goes on never is', () => {
  const now = Date.parse('2026-02-15T00:00:00Z')
  expect(planForget(sessions, now).map(({ sessionId }) => sessionId)).toEqual(['d', 'e'])
  const many = Array.from({ length: 1003 }, (_, index) =>
    make(String(index), { status: 'Terminated', startedAt: now }),
  )
  expect(planForget(many, now).map(({ sessionId }) => sessionId)).toEqual(['1000', '1001', '1002'])
})
