import { describe, expect, test } from 'vitest'
import {
  type Command,
  decideNext,
  decideStatus,
  type Invocation,
  type State,
} from '../../../local/ssm/command.ts'
import { planPrune } from '../../../local/ssm/command-book.ts'
import { decideAnswer, decideFate } from '../../../local/ssm/fate.ts'
import { parseOutcome } from '../../../local/ssm/outcome.ts'
import { cutOutput, renderSummary } from '../../../local/ssm/output.ts'
import { renderDuration } from '../../../local/ssm/render-command.ts'
import { machineOf } from './fixture.ts'

const states: Readonly<Record<string, State>> = {
  pending: { status: 'Pending', details: 'Pending' },
  running: { status: 'InProgress', details: 'InProgress' },
  success: { status: 'Success', details: 'Success' },
  failed: { status: 'Failed', details: 'Failed' },
  slow: { status: 'TimedOut', details: 'ExecutionTimedOut' },
  lost: { status: 'TimedOut', details: 'DeliveryTimedOut' },
}
const invocation = (state: string, part: Partial<Invocation> = {}): Invocation => ({
  instanceId: machineOf('a').instanceId,
  instanceName: '',
  responseCode: -1,
  startedAt: null,
  endedAt: null,
  ...(states[state] as State),
  ...part,
})
const command = (words: string, part: Partial<Command> = {}): Command => ({
  commandId: 'c',
  region: 'us-west-2',
  documentVersion: '$DEFAULT',
  comment: '',
  parameters: {},
  instanceIds: [],
  targets: [],
  requestedAt: 0,
  timeoutSeconds: 60,
  executionSeconds: 100,
  maxConcurrency: '50',
  maxErrors: '0',
  outputS3KeyPrefix: '',
  cancelled: false,
  invocations: words === '' ? [] : words.split(' ').map((word) => invocation(word)),
  ...part,
})

test.each<[string, Partial<Command>, string]>([
  ['', {}, 'Success NoInstancesInTag'],
  ['pending pending', {}, 'Pending Pending'],
  ['pending success', {}, 'InProgress InProgress'],
  ['success success', {}, 'Success Success'],
  ['slow', {}, 'TimedOut ExecutionTimedOut'],
  ['lost lost', {}, 'TimedOut DeliveryTimedOut'],
  ['success failed', {}, 'Failed Failed'],
  ['success failed', { maxErrors: '1' }, 'Failed Incomplete'],
  ['running', { cancelled: true }, 'Cancelling Cancelling'],
  ['success failed', { cancelled: true }, 'Cancelled Cancelled'],
  ['success success', { cancelled: true }, 'Success Success'],
])('%s %j is %s', (words, part, expected) => {
  const { status, details } = decideStatus(command(words, part))
  expect(`${status} ${details}`).toBe(expected)
})

test.each<[string, string, string, number, number]>([
  ['pending pending pending', '2', '0', 2, 0],
  ['running pending pending', '2', '0', 1, 0],
  ['running running pending', '2', '0', 0, 0],
  ['pending pending pending', '34%', '0', 1, 0],
  ['pending pending', '1%', '0', 1, 0],
  ['failed pending pending', '1', '0', 0, 2],
  ['failed pending pending', '1', '1', 1, 0],
  ['failed failed pending pending', '1', '25%', 0, 2],
  ['lost pending', '1', '0', 1, 0],
])(
  '%s, %s at once, %s errors: %d start, %d are given up',
  (words, maxConcurrency, maxErrors, start, terminate) => {
    const next = decideNext(command(words, { maxConcurrency, maxErrors }), () => true)
    expect([next.start.length, next.terminate.length]).toEqual([start, terminate])
  },
)

test('what is away is not started', () => {
  expect(decideNext(command('pending'), () => false).start).toEqual([])
})

const kindOf = (fate: ReturnType<typeof decideFate> | ReturnType<typeof decideAnswer>) =>
  typeof fate === 'string' ? fate : `${fate.status} ${fate.details} ${fate.responseCode}`
const booted = machineOf('a', { bootedAt: new Date(0).toISOString() })

describe('what becomes of an invocation that nobody waits for', () => {
  test.each([
    ['pending', booted, 60_000, 'wait'],
    ['pending', booted, 60_001, 'TimedOut DeliveryTimedOut -1'],
    ['pending', undefined, 1, 'Failed Undeliverable -1'],
    ['running', booted, 1, 'ask'],
    ['running', { ...booted, state: 'stopping' as const }, 1, 'wait'],
    ['running', { ...booted, state: 'stopped' as const }, 1, 'Failed Undeliverable -1'],
    ['running', undefined, 1, 'Failed Undeliverable -1'],
    ['running', booted, 200_000, 'TimedOut ExecutionTimedOut 137'],
  ])('%s, %o, after %d ms: %s', (word, machine, now, expected) => {
    expect(kindOf(decideFate(command(word), invocation(word), machine, now))).toBe(expected)
  })

  const began = { startedAt: 1000 }
  test.each([
    ['unknown', booted, 'wait'],
    ['running', booted, 'wait'],
    ['absent', booted, 'again'],
    ['gone', booted, 'Failed Failed 137'],
    ['running', { ...booted, bootedAt: new Date(2000).toISOString() }, 'Failed Failed 137'],
  ] as const)('the guest says %s', (kind, machine, expected) => {
    expect(kindOf(decideAnswer({ kind }, invocation('running', began), machine, '/f', 60_000))).toBe(expected)
  })

  test('a delivery on its way is not taken for a lost one', () => {
    expect(decideAnswer({ kind: 'gone' }, invocation('running', began), booted, '/f', 2000)).toBe('wait')
  })
})

test('an answer that breaks off says nothing', () => {
  const stderr = Buffer.alloc(0)
  expect(parseOutcome({ exitCode: 137, stdout: Buffer.alloc(0), stderr })).toEqual({ kind: 'unknown' })
  const stdout = Buffer.from('done 1.500 7\nhello\n')
  expect(parseOutcome({ exitCode: 0, stdout, stderr })).toMatchObject({
    kind: 'done',
    endedAt: 1500,
    exitCode: 7,
  })
})

test('output is cut between characters', () => {
  expect(cutOutput(Buffer.from('ä'.repeat(20)), 100)).toBe('ä'.repeat(20))
  expect(cutOutput(Buffer.from('ä'.repeat(60)), 101)).toBe(`${'ä'.repeat(40)}--output truncated--`)
})

test.each([
  ['both short', 10, 10, 0, /^o{10}\n-+ERROR-+\ne{10}$/],
  ['long output', 5000, 10, 0, /^o+\n---Output truncated---\n-+ERROR-+\ne{10}$/],
  ['long errors', 10, 5000, 0, /^o{10}\n-+ERROR-+\ne+\n---Error truncated----$/],
  ['no errors', 10, 0, 0, /^o{10}$/],
  ['exit 168', 10, 10, 168, /^o{10}$/],
])('a summary of %s', (_, out, err, exitCode, expected) => {
  const summary = renderSummary('o'.repeat(out), 'e'.repeat(err), exitCode)
  expect(summary).toMatch(expected)
  expect(summary.length).toBeLessThanOrEqual(2500)
})

test.each([
  [0, 'PT0S'],
  [4, 'PT0.004S'],
  [61_500, 'PT1M1.5S'],
  [3_600_271, 'PT1H0.271S'],
])('%d ms is %s', (milliseconds, expected) => expect(renderDuration(milliseconds)).toBe(expected))

test('a month, or a thousand, are kept; never less than what runs', () => {
  const day = 24 * 3_600_000
  const old = command('success', { requestedAt: 0 })
  const running = command('running', { requestedAt: 0 })
  expect(planPrune([old, running], 31 * day)).toEqual([old])
  expect(planPrune(Array(1002).fill(old), 0)).toHaveLength(2)
})
