import { expect, test } from 'vitest'
import { parseSettings } from '../../config/parse-settings.ts'
import { parseUserName } from '../../config/user-name.ts'
import { parseAnswer } from '../../scripts/elevation/ask-sandbox.ts'
import { parsePushState, refuseLongPolicy, refuseLongPush } from '../../scripts/elevation/push.ts'
import { renderPushed } from '../../scripts/elevation/pushed.ts'
import { planWindow, renderWindow } from '../../scripts/elevation/window.ts'

const settings = (value: object) => parseSettings(JSON.stringify(value), 'settings.json')

test('push needs to know whose login may become elevated', () => {
  expect(() => settings({ elevation: { mode: 'push' } })).toThrow(
    'elevation.mode is "push", which needs access.engineer.permissionSet',
  )
  const named = settings({
    elevation: { mode: 'push' },
    access: { engineer: { permissionSet: 'KiroEngineer' } },
  })
  expect(named.elevation.mode).toBe('push')
  expect(settings({}).elevation.mode).toBe('window')
})

test('a session that was made with another lasts an hour at most', () => {
  refuseLongPush(3600)
  expect(() => refuseLongPush(5400)).toThrow('--for is 90 minutes')
})

test('a window that is the policy of a session must fit into one', () => {
  const now = new Date('2026-11-24T10:00:00Z')
  const document = (count: number) =>
    renderWindow(
      planWindow(
        now,
        1800,
        Array.from({ length: count }, (_, index) => `service${index}:*`),
      ),
    )
  refuseLongPolicy(document(50))
  expect(() => refuseLongPolicy(document(200))).toThrow(/--allow makes a session policy of \d{4} characters/)
  refuseLongPolicy(renderWindow(planWindow(now, 1800, undefined)))
})

test.each([
  ['{}', 'alice: the sandbox holds no elevated session; nothing can be changed'],
  [
    '{"until":"2026-11-24T10:30:00Z","by":null,"reason":"JIRA-1","allow":["s3:*"],"allowed":false,"said":"expired"}',
    'alice: the sandbox holds a session until 2026-11-24T10:30:00Z, and AWS refuses it: expired',
  ],
  [
    '{"until":"2026-11-24T10:30:00Z","by":"me","reason":"JIRA-1","allow":["s3:*"],"allowed":true,"said":""}',
    'alice: open for 1 min, until 2026-11-24T10:30:00Z\n  allows  s3:*\n  reason  JIRA-1\n  by      me',
  ],
])('what the sandbox answers is told: %s', (text, told) => {
  expect(
    renderPushed({
      ...{ user: parseUserName('alice'), role: 'kiro-elevated-alice', mode: 'push', secondsLeft: 60 },
      session: parsePushState(text),
    }),
  ).toBe(told)
})

test('what start files of the sandbox print is no answer', () => {
  expect(parseAnswer('welcome\nanswer-12\n{"a":1}\n', 'answer-12')).toBe('{"a":1}')
  expect(() => parseAnswer('\u001b[2Jwelcome', 'answer-12')).toThrow(
    /the sandbox answers "\\u001b\[2Jwelcome" instead of/,
  )
})

test('what the sandbox says of its session is shown and not obeyed', () => {
  const until = '2026-11-24T10:30:00+00:00'
  const state = parsePushState(
    JSON.stringify({ until, reason: '\u001b]0;x\u0007', allow: ['s3:*\u001b[2J'], allowed: true }),
  )
  expect(state).toMatchObject({ reason: '\\u001b]0;x\\u0007', allow: ['s3:*\\u001b[2J'] })
  for (const odd of [
    'welcome',
    '[]',
    JSON.stringify({ until: 'soon' }),
    JSON.stringify({ until, allow: 'x' }),
  ])
    expect(() => parsePushState(odd), odd).toThrow(/which says nothing of a session/)
  expect(parsePushState('{}')).toEqual({ kind: 'none' })
})
