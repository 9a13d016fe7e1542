import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limitRange } from '../../../scripts/audit/transcripts/limit-range.ts'
import { parseFiles } from '../../../scripts/audit/transcripts/read-files.ts'
import type { SessionFile, Transcript } from '../../../scripts/audit/transcripts/transcript.ts'
import { at, classicFile, classicState, type Use, v2Files, v2Meta, v2Records, v3Files } from './chats.ts'

const uses: readonly Use[] = [
  { id: 't1', tool: 'shell', input: { command: 'aws ec2 describe-vpcs' }, output: 'x', done: '10:00:05' },
  { id: 't2', tool: 'shell', input: { command: 'false' }, exit: 3, done: '10:00:07' },
]
const only = (files: readonly SessionFile[]): Transcript => {
  const { transcripts, strange } = parseFiles(files)
  expect([transcripts.length, strange]).toEqual([1, []])
  return transcripts[0] as Transcript
}
const calls = (transcript: Transcript) => transcript.turns.flatMap((turn) => turn.calls)

describe('the three forms of a chat tell the same', () => {
  const v2 = v2Files(
    'aaaa',
    v2Records('look around', '10:00:01', uses),
    v2Meta('aaaa', 'readonly', [['10:00:09']]),
  )
  test.each([
    ['v2', v2],
    ['v3', v3Files('bbbb', 'readonly', 'look around', '10:00:01', uses)],
    ['classic', [classicFile(classicState('cccc', 'look around', '10:00:01', uses))]],
  ] as const)('%s: who was asked what, which tools were called, and how each ended', (harness, files) => {
    const transcript = only(files)
    expect([transcript.harness, transcript.agent, transcript.folder]).toEqual([
      ...[harness, 'readonly', '/home/kiro/work'],
    ])
    expect(transcript.turns[0]?.prompt).toBe('look around')
    expect(
      calls(transcript).map(({ tool, input, exit, status }) => [tool, input.command, exit, status]),
    ).toEqual([
      ['shell', 'aws ec2 describe-vpcs', 0, 'success'],
      ['shell', 'false', 3, harness === 'v3' ? 'error' : 'success'],
    ])
    expect([...transcript.unknown, transcript.unreadable]).toEqual([0])
    for (const { from, until } of calls(transcript)) {
      expect(from).toBeGreaterThanOrEqual(at('10:00:01'))
      expect(until).toBeGreaterThan(from ?? Number.NaN)
      expect(until).toBeLessThanOrEqual(at('10:00:10'))
    }
  })
})

test('a call of a turn whose end nobody kept ended before the next prompt', () => {
  const records = [...v2Records('one', '10:00:00', uses), ...v2Records('two', '10:30:00', [])]
  expect(calls(only(v2Files('a', records, v2Meta('a', 'readonly')))).map(({ until }) => until)).toEqual([
    ...[at('10:30:00'), at('10:30:00')],
  ])
})

test('a chat that changes its agent names it turn by turn', () => {
  const records = [...v2Records('one', '10:00:00', uses), ...v2Records('two', '10:30:00', uses)]
  const meta = v2Meta('a', 'elevated', [
    ['10:10:00', 'readonly'],
    ['10:40:00', 'elevated'],
  ])
  expect(only(v2Files('a', records, meta)).turns.map(({ agent }) => agent)).toEqual(['readonly', 'elevated'])
})

test('records of unknown kinds are counted, what is no record is too, and a line that is still being written is neither', () => {
  const [log, meta] = v2Files('a', v2Records('one', '10:00:00', uses), v2Meta('a', 'readonly')) as [
    SessionFile,
    SessionFile,
  ]
  const more = `${JSON.stringify({ version: 'v1', kind: 'Brainwave', data: 7 })}\n{broken\n[1]\n{"version":"v1","kind":"Prom`
  const transcript = only([{ ...log, text: log.text + more }, meta])
  expect([[...transcript.unknown], transcript.unreadable]).toEqual([[['Brainwave', 1]], 2])
  expect(calls(transcript)).toHaveLength(2)
})

test('a chat without its other file, or with a broken one, is told without an agent', () => {
  const [log, meta] = v2Files('a', v2Records('one', '10:00:00', uses), {}) as [SessionFile, SessionFile]
  expect(only([log]).agent).toBeUndefined()
  expect(only([log, { ...meta, text: '{' }]).unreadable).toBe(1)
})

test('files that are no chats are named and not told', () => {
  const file = { at: 0, cut: false }
  const { transcripts, strange } = parseFiles([
    { ...file, path: 'notes.jsonl', text: 'a\nb\n' },
    { ...file, path: 'x/data.sqlite3', text: '{"id":1}' },
    { ...file, path: 'cli/empty.jsonl', text: '' },
  ])
  expect([transcripts, strange]).toEqual([[], ['notes.jsonl', 'x/data.sqlite3']])
})

test('a chat that lies in two places is told once, by its newer half', () => {
  const old = classicFile(classicState('same', 'old', '09:00:00', uses))
  const files = v2Files('same', v2Records('new', '13:00:00', uses), {
    ...v2Meta('same', 'elevated'),
    updated_at: '2026-11-28T13:30:00Z',
  })
  expect(only([old, ...files]).turns[0]?.prompt).toBe('new')
})

test('a subagent of V3 is a chat of its own, under the one that started it', () => {
  const files = v3Files('bbbb', 'readonly', 'look around', '10:00:01', uses)
  const child = {
    ...(files[0] as SessionFile),
    path: '.kiro/sessions/0123456789abcdef/sess_bbbb/sub-executions/c1.jsonl',
  }
  const { transcripts } = parseFiles([...files, child])
  expect(transcripts.map(({ id, parent }) => [id, parent])).toContainEqual([
    'sess_bbbb/sub-executions/c1',
    'sess_bbbb',
  ])
})

test('of a chat that went on for days only what was said since then is told', () => {
  const records = [...v2Records('old', '08:00:00', uses), ...v2Records('new', '11:00:00', uses)]
  const all = [only(v2Files('a', records, v2Meta('a', 'readonly', [['08:10:00'], ['11:10:00']])))]
  expect(limitRange(all, at('10:00:00')).map(({ turns }) => turns.map(({ prompt }) => prompt))).toEqual([
    ['new'],
  ])
  expect(limitRange(all, at('23:30:00'))).toEqual([])
})

test('whatever the files hold, reading them ends without a throw', () => {
  const json = fc.jsonValue({ maxDepth: 6 })
  const record = fc.oneof(
    json,
    fc.record({ kind: fc.constantFrom('Prompt', 'AssistantMessage', 'ToolResults'), data: json }),
    fc.record({
      payload: fc.record({
        type: fc.constantFrom('user', 'tool_call', 'tool_result'),
        content: json,
        args: json,
      }),
      timestamp: json,
    }),
    fc.record({ value: fc.record({ history: json }).map((one) => JSON.stringify(one)), key: json }),
  )
  const path = fc.constantFrom(
    'cli/a.jsonl',
    'cli/a.json',
    'h/sess_1/messages.jsonl',
    'h/sess_1/session.json',
    'data.sqlite3',
  )
  const files = fc.array(
    fc.record({
      path,
      text: fc.array(record).map((some) => some.map((one) => JSON.stringify(one)).join('\n')),
      at: fc.nat(),
      cut: fc.boolean(),
    }),
  )
  fc.assert(fc.property(files, (some) => void parseFiles(some)))
})
