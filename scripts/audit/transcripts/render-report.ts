import { inertText } from '../inert.ts'
import type { Report, ShownCall, ShownEvent, ShownSession } from './report.ts'
import { shorten } from './shorten.ts'

const clock = (time: string | null): string => time?.slice(11, 19) ?? '   ?    '
const day = (time: string | null): string => time?.slice(0, 10) ?? 'without a time'
const line = (text: string): string => inertText(text.replace(/\s*\r?\n\s*/g, ' ⏎ '))
const widest = 200

const renderResult = (result: string): string => (result === 'ok' ? 'ok' : `! ${result}`)

/** What is not sure is said as such. */
const renderMatch = ({ matched, oneOfCalls, oneOfEvents }: ShownEvent): string =>
  [
    matched,
    ...(oneOfCalls > 1 ? [`one of ${oneOfCalls} tool calls that may have been it`] : []),
    ...(oneOfEvents > 1 ? [`one of ${oneOfEvents} events that fit`] : []),
  ].join('; ')

const renderEvent = (event: ShownEvent): string =>
  line(
    `        ${clock(event.time)}  ${event.role.padEnd(8)}  ${event.call.padEnd(30)}  ${renderResult(event.result).padEnd(6)}  (${renderMatch(event)})`,
  )

const outcome = ({ exit, status }: ShownCall): string => {
  if (exit !== null) return `exit ${exit}`
  return status ?? 'no result'
}

function* renderCall(call: ShownCall): Generator<string> {
  yield line(`      ${call.tool}  ${outcome(call)}  ${shorten(call.input, widest)}`)
  for (const event of call.events) yield renderEvent(event)
  for (const { call: name, why } of call.missing) yield line(`        no event   ${name}: ${why}`)
}

function* renderSession(session: ShownSession): Generator<string> {
  const { from, id, agent, harness, folder, parent, prompts } = session
  const where = folder === null ? '' : `  in ${folder}`
  const child = parent === null ? '' : `  started by ${parent}`
  yield line(`${clock(from)}  chat ${id}  agent ${agent ?? 'unknown'}  (${harness})${where}${child}`)
  for (const { time, text, calls, agent: own } of prompts) {
    const whose = own !== null && own !== agent ? `  [${own}]` : ''
    yield line(`  ${clock(time)}  > ${text}${whose}`)
    for (const call of calls) yield* renderCall(call)
  }
}

/** For people, oldest first. */
export function* renderReport({ sessions, withoutToolCall }: Report): Generator<string> {
  let shown = ''
  for (const session of sessions) {
    if (day(session.from) !== shown) {
      shown = day(session.from)
      yield `${shown} (UTC)`
    }
    yield* renderSession(session)
  }
  if (withoutToolCall.length === 0) return
  yield 'calls that no tool call names:'
  for (const { time, role, call, result, what, during } of withoutToolCall) {
    const beside = during.length === 0 ? '' : `  (while ${during.join(', ')} was at work)`
    yield line(
      `  ${time.slice(0, 10)} ${clock(time)}  ${role.padEnd(8)}  ${call.padEnd(30)}  ${renderResult(result).padEnd(6)}  ${shorten(what, widest)}${beside}`,
    )
  }
}

/** Of everything that is no sentence of the answer: what could not be read, and what was left out. */
export const renderGaps = ({ sessions }: Report): string[] =>
  sessions.flatMap(({ id, cut, unreadable, unknown }) => {
    const kinds = unknown.map(({ kind, count }) => `${kind === '' ? 'no kind' : kind} ${count}`)
    const more = kinds.length > 5 ? [...kinds.slice(0, 5), `${kinds.length - 5} more kinds`] : kinds
    const gaps = [
      ...(cut ? ['was too long, only its end was read'] : []),
      ...(unreadable > 0 ? [`has ${unreadable} lines that are no records`] : []),
      ...(more.length > 0 ? [`has records of a kind that is not known here: ${more.join(', ')}`] : []),
    ]
    return gaps.map((gap) => line(`chat ${id} ${gap}`))
  })
