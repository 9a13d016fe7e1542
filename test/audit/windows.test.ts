import { describe, expect, test } from 'vitest'
import { bandAt, planBands } from '../../scripts/audit/bands.ts'
import { planWindow, renderClosed, renderWindow } from '../../scripts/elevation/window.ts'
import { makeEvent } from './record.ts'
import { at, end, open, put, roleName, tagged, user } from './windows-made.ts'

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
