import { expect, test } from 'vitest'
import { parseSettings } from '../../config/settings.ts'
import { parseUserName } from '../../config/user-name.ts'
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
    '{"until":"T","by":null,"reason":"JIRA-1","allow":["s3:*"],"allowed":false,"said":"expired"}',
    'alice: the sandbox holds a session until T, and AWS refuses it: expired',
  ],
  [
    '{"until":"T","by":"me","reason":"JIRA-1","allow":["s3:*"],"allowed":true,"said":""}',
    'alice: open for 1 min, until T\n  allows  s3:*\n  reason  JIRA-1\n  by      me',
  ],
])('what the sandbox answers is told: %s', (text, told) => {
  expect(
    renderPushed({
      ...{ user: parseUserName('alice'), role: 'kiro-elevated-alice', mode: 'push', secondsLeft: 60 },
      session: parsePushState(text),
    }),
  ).toBe(told)
})
