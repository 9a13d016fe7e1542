import { describe, expect, test } from 'vitest'
import { parseAllow, parseReason, parseWindow, renderSeconds } from '../../scripts/elevation/duration.ts'
import { decideWindowState, planWindow, renderClosed, renderWindow } from '../../scripts/elevation/window.ts'

test.each([
  ['8s', 8],
  ['30m', 1800],
  ['1h', 3600],
])('--for %s is %i seconds', (text, seconds) => {
  expect(parseWindow(text, 60)).toBe(seconds)
})

test.each([undefined, '', '30', '0m', '-5m', '1d', '61m', '2h', '1.5h'])('--for %s is refused', (text) => {
  expect(() => parseWindow(text, 60)).toThrow(/--for/)
})

test.each([undefined, ' ', 'a;b', 'x'.repeat(257), 'line\nbreak'])('--reason %j is refused', (text) => {
  expect(() => parseReason(text)).toThrow(/--reason/)
})

test.each(['s3', 'iam:*', 's3:*,,lambda:*', '*', 'S3:*', 'account:ListRegions'])(
  '--allow %s is refused',
  (text) => {
    expect(() => parseAllow(text)).toThrow(/--allow/)
  },
)

test('times are shown as people say them', () => {
  expect([8, 60, 1685].map(renderSeconds)).toEqual(['8 s', '1 min', '28 min 5 s'])
})

describe('a window', () => {
  const opened = new Date('2026-11-24T10:00:00.900Z')
  const document = renderWindow(planWindow(opened, 1800, ['s3:*']))

  test('begins with the second of the answer and says itself how long it is open', () => {
    expect(decideWindowState(document, new Date('2026-11-24T10:29:59Z'))).toEqual({
      kind: 'open',
      until: '2026-11-24T10:30:00Z',
      secondsLeft: 1,
      allow: ['s3:*'],
    })
    expect(decideWindowState(document, new Date('2026-11-24T10:30:00Z'))).toEqual({
      kind: 'expired',
      until: '2026-11-24T10:30:00Z',
    })
  })

  test.each([
    [undefined, 'never'],
    [renderClosed(), 'closed'],
    ['{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}', 'unknown'],
    ['nonsense', 'unknown'],
  ])('%s is %s', (text, kind) => {
    expect(decideWindowState(text, opened).kind).toBe(kind)
  })
})
