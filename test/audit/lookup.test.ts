import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { parseUserName } from '../../config/user-name.ts'
import { followRows } from '../../scripts/audit/follow.ts'
import { createPacer } from '../../scripts/audit/lookup.ts'
import { planRow, type Row } from '../../scripts/audit/row.ts'
import { makeEvent } from './record.ts'

const throttling = (name = 'ThrottlingException') => Object.assign(new Error('Rate exceeded'), { name })

/** A pacer that writes down how long it would have waited. */
const pace = () => {
  const waits: number[] = []
  const wait = (async (milliseconds: number) => void waits.push(milliseconds)) as unknown as typeof delay
  return { waits, call: createPacer(new AbortController().signal, wait) }
}

test('calls wait for nothing until AWS says that it is too much, and keep to two a second from then on', async () => {
  const { waits, call } = pace()
  let refusals = 2
  const answer = async () => {
    if (refusals-- > 0) throw throttling()
    return 'events'
  }
  refusals = 0
  await call('read', answer)
  expect(waits).toEqual([])
  refusals = 2
  expect(await call('read', answer)).toBe('events')
  expect(waits).toEqual([500, 1000])
  await call('read', answer)
  await call('read', answer)
  expect(waits).toEqual([500, 1000, 500, 500])
})

test('a throttle that never ends is an error with a way out', async () => {
  const { waits, call } = pace()
  const refused = call('read the history', () => Promise.reject(throttling()))
  await expect(refused).rejects.toThrow('AWS throttles calls to read the history')
  expect(Math.max(...waits)).toBe(8000)
})

test('calls are made one after the other, and one that fails holds nobody up', async () => {
  const { call } = pace()
  const order: string[] = []
  const slow = call('read', async () => {
    await delay(20)
    order.push('slow')
  })
  const failing = call('read', () => Promise.reject(throttling('AccessDeniedException')))
  const last = call('read', async () => void order.push('last'))
  await expect(failing).rejects.toThrow('AWS does not allow you to read')
  await Promise.all([slow, last])
  expect(order).toEqual(['slow', 'last'])
})

const subject = {
  ...{ user: parseUserName('alice'), logins: new Set(['alice']), instances: new Set<string>() },
  ...{ address: undefined, aliases: new Set<string>() },
}
const row = (id: string, minute: number): Row =>
  planRow(makeEvent({ id, time: new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString() }), subject, [])

test('following shows each event once and oldest first, also one that CloudTrail shows late', async () => {
  const looks = [
    [row('b', 10), row('a', 5)],
    [row('c', 12), row('b', 10), row('late', 8), row('a', 5)],
    [row('c', 12), row('b', 10), row('late', 8), row('a', 5)],
  ]
  const controller = new AbortController()
  const shown: string[] = []
  const asked: number[] = []
  const from = Date.UTC(2026, 0, 1, 12)
  await followRows({
    ground: { subject, bands: [], events: new Map(), since: from },
    async look(ground, start) {
      asked.push(start)
      const rows = looks.shift() ?? []
      if (looks.length === 0) controller.abort()
      return { rows, ground }
    },
    from,
    show: async (fresh) => void shown.push(...fresh.map(({ eventId }) => eventId)),
    signal: controller.signal,
    wait: (async () => undefined) as unknown as typeof delay,
  })
  expect(shown).toEqual(['a', 'b', 'late', 'c'])
  expect(Math.min(...asked)).toBe(from)
})
