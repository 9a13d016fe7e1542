import { describe, expect, test } from 'vitest'
import { decideEnding, decideStep, hasRun, type Observed, type Step } from '../../../local/guests/decide.ts'
import type { InstanceState } from '../../../local/guests/instance.ts'

const nothing: Observed = { running: undefined, attached: false }
const served: Observed = { running: true, attached: true }
const orphan: Observed = { running: true, attached: false }
const down: Observed = { running: false, attached: false }

describe('what has to be done with a machine', () => {
  const rows: [InstanceState, string, Observed, Step][] = [
    ['pending', 'nothing there', nothing, 'boot'],
    ['pending', 'stopped', down, 'boot'],
    ['pending', 'started, but the books were not told', orphan, 'boot'],
    ['running', 'as it should be', served, 'none'],
    ['running', 'we were away', orphan, 'attach'],
    ['running', 'ended while nobody looked', down, 'examine'],
    ['running', 'made while there was no engine', nothing, 'boot'],
    ['stopping', 'runs', served, 'stop'],
    ['stopping', 'is down already', down, 'stop'],
    ['stopped', 'runs all the same', orphan, 'stop'],
    ['stopped', 'is down', down, 'none'],
    ['stopped', 'never was a machine', nothing, 'none'],
    ['shutting-down', 'runs', served, 'destroy'],
    ['shutting-down', 'nothing there', nothing, 'destroy'],
    ['terminated', 'left over', down, 'destroy'],
  ]
  test.each(rows)('%s, %s', (state, _case, observed, step) => {
    expect(decideStep(state, observed)).toBe(step)
  })
})

test.each([
  ['no container', undefined, false],
  ['made, and never started', { startedAt: '0001-01-01T00:00:00Z' }, false],
  ['one that has run', { startedAt: '2026-11-24T10:51:45.263151014Z' }, true],
] as const)('a disk worth keeping: %s', (_case, container, worth) => {
  expect(hasRun(container)).toBe(worth)
})

test.each([
  ['reboot from inside', 129, false, 'reboot'],
  ['power off from inside', 130, false, 'power-off'],
  ['killed', 137, false, 'crash'],
  ['the host went down', 0, false, 'crash'],
  ['stopped by us when the target went away', 130, true, 'reboot'],
] as const)('a container that ended: %s', (_case, code, parked, ending) => {
  expect(decideEnding(code, parked)).toBe(ending)
})
