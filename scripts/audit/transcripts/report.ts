import type { Wanted } from '../filter.ts'
import { isWanted } from '../filter.ts'
import type { Row } from '../row.ts'
import { inputText } from './input-text.ts'
import type { Joined, JoinedCall, Match } from './join.ts'
import type { Transcript } from './transcript.ts'

type Shown = Pick<
  Row,
  'time' | 'role' | 'session' | 'call' | 'result' | 'what' | 'window' | 'requestId' | 'eventId'
>

export interface ShownEvent extends Shown {
  readonly matched: Match['how']
  /** More than 1: one of so many tool calls, one of so many events; which, nobody can say. */
  readonly oneOfCalls: number
  readonly oneOfEvents: number
}

export interface ShownCall {
  readonly tool: string
  readonly input: string
  readonly status: string | null
  readonly exit: number | null
  readonly from: string | null
  readonly until: string | null
  readonly events: readonly ShownEvent[]
  readonly missing: readonly { readonly call: string; readonly why: string }[]
}

export interface ShownPrompt {
  readonly time: string | null
  readonly agent: string | null
  readonly text: string
  readonly calls: readonly ShownCall[]
}

export interface ShownSession extends Pick<Transcript, 'id' | 'harness' | 'path' | 'cut' | 'unreadable'> {
  readonly agent: string | null
  readonly folder: string | null
  readonly parent: string | null
  readonly from: string | null
  readonly until: string | null
  readonly unknown: readonly { readonly kind: string; readonly count: number }[]
  readonly prompts: readonly ShownPrompt[]
}

export interface Report {
  readonly sessions: readonly ShownSession[]
  readonly withoutToolCall: readonly (Shown & { readonly during: readonly string[] })[]
}

const iso = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString())

const showRow = ({ time, role, session, call, result, what, window, requestId, eventId }: Row): Shown => ({
  ...{ time, role, session, call, result, what, window, requestId, eventId },
})

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html ("within 5 minutes" on average), view-cloudtrail-events.html ("within 15 minutes") */
const late = 15 * 60_000

const whyMissing = (data: boolean, until: number | undefined, now: number): string => {
  if (data) return 'a data event is not in event history'
  if (until !== undefined && now - until < late) return 'none yet; CloudTrail takes up to 15 minutes'
  return 'none in event history'
}

export interface ReportFacts {
  /** By AWS's clock, milliseconds since 1970. */
  readonly now: number
  readonly wanted: Wanted
}

const isFiltered = ({ writes, denied }: Wanted): boolean => writes || denied

const showCall = ({ call, matches, missing }: JoinedCall, { now, wanted }: ReportFacts): ShownCall => ({
  ...{ tool: call.tool, input: inputText(call), status: call.status || null, exit: call.exit ?? null },
  ...{ from: iso(call.from), until: iso(call.until) },
  events: matches
    .filter(({ row }) => isWanted(row, wanted))
    .map(({ row, how, ofCalls, ofEvents }) => ({
      ...showRow(row),
      ...{ matched: how, oneOfCalls: ofCalls, oneOfEvents: ofEvents },
    })),
  missing: isFiltered(wanted)
    ? []
    : missing.map(({ name, data }) => ({ call: name, why: whyMissing(data, call.until, now) })),
})

const showSession = (
  transcript: Transcript,
  calls: readonly JoinedCall[],
  facts: ReportFacts,
): ShownSession => {
  const { id, harness, path, cut, unreadable, agent, folder, parent, from, until, unknown } = transcript
  const filtered = isFiltered(facts.wanted)
  const prompts = transcript.turns.map((turn): ShownPrompt => {
    const own = calls.filter((one) => one.turn === turn).map((one) => showCall(one, facts))
    const shown = filtered ? own.filter(({ events }) => events.length > 0) : own
    return { time: iso(turn.at), agent: turn.agent ?? agent ?? null, text: turn.prompt, calls: shown }
  })
  return {
    ...{ id, harness, path, cut, unreadable },
    ...{
      agent: agent ?? null,
      folder: folder ?? null,
      parent: parent ?? null,
      from: iso(from),
      until: iso(until),
    },
    unknown: [...unknown].map(([kind, count]) => ({ kind, count })),
    prompts: filtered ? prompts.filter((one) => one.calls.length > 0) : prompts,
  }
}

/** All of it, secrets included: showReport redacts and shortens it. */
export const planReport = (
  transcripts: readonly Transcript[],
  joined: Joined,
  facts: ReportFacts,
): Report => {
  const byChat = new Map<Transcript, JoinedCall[]>(transcripts.map((one) => [one, []]))
  for (const call of joined.calls) byChat.get(call.transcript)?.push(call)
  const sessions = [...byChat].map(([transcript, calls]) => showSession(transcript, calls, facts))
  return {
    sessions: isFiltered(facts.wanted) ? sessions.filter(({ prompts }) => prompts.length > 0) : sessions,
    withoutToolCall: joined.alone
      .filter(({ row }) => isWanted(row, facts.wanted))
      .map(({ row, during }) => ({ ...showRow(row), during })),
  }
}
