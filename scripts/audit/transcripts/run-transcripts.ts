import type { UserName } from '../../../config/user-name.ts'
import { counted } from '../../cli/ask.ts'
import type { Context } from '../../sandbox/context.ts'
import { findGround } from '../find-subject.ts'
import { inertText } from '../inert.ts'
import { openLookup } from '../lookup.ts'
import { findNow } from '../range.ts'
import type { Row } from '../row.ts'
import { tellStory } from '../story.ts'
import { gatherRows } from '../tell.ts'
import { collectFromSandbox, readProgram } from './collect.ts'
import { joinCalls } from './join.ts'
import { chooseSession, limitRange } from './limit-range.ts'
import type { Collected } from './parse-answer.ts'
import { parseFiles } from './read-files.ts'
import { collectFromFolder } from './read-folder.ts'
import { openRedactor, redactDeep } from './redact.ts'
import { renderGaps, renderReport } from './render-report.ts'
import type { Report } from './report.ts'
import { showReport } from './show-report.ts'

export interface TranscriptsRequest {
  /** Milliseconds. */
  readonly since: number
  readonly json: boolean
  readonly writes: boolean
  readonly denied: boolean
  readonly session: string | undefined
  /** Folder with a copy; undefined: out of the sandbox. */
  readonly from: string | undefined
  readonly config: string | undefined
}

const everything = { writes: false, denied: false, role: undefined }

/** Calls that Kiro can have made: as one of the sandbox's two roles; on a laptop they are logins of the person. */
const findRows = async (
  context: Context,
  user: UserName,
  range: { readonly from: number; readonly until: number },
  laptop: boolean,
): Promise<readonly Row[]> => {
  const { target, io } = context
  let unreadable = 0
  const onUnreadable = () => {
    unreadable += 1
  }
  const ask = await openLookup({ sdk: target.sdk, signal: io.signal, onUnreadable })
  const ground = await findGround(context, user, ask, { from: range.from, until: undefined })
  const telling = { ground, ask, region: target.region, range, wanted: everything }
  const rows = await gatherRows(tellStory({ ...telling, link: async (row) => row }))
  if (unreadable > 0) io.story.warn(`${counted(unreadable, 'event')} could not be read`)
  return rows.filter(({ role }) => role === 'readonly' || role === 'elevated' || (laptop && role === 'login'))
}

const tellGaps = (
  { io: { story } }: Context,
  collected: Collected,
  strange: readonly string[],
  report: Report,
) => {
  const { left, why } = collected
  if (left > 0) story.warn(`${counted(left, 'file')} left out: together they are too long; a shorter --since`)
  if (why !== undefined) story.warn(`classic chats could not be read: ${inertText(why)}`)
  for (const path of strange) story.warn(`${inertText(path)} is no chat that this version knows`)
  for (const gap of renderGaps(report)) story.warn(gap)
}

const limits = [
  'Kiro documents where these files lie and not what is in them: they are read in the form others have measured',
  'CloudTrail shows an event up to 15 minutes late, and no data events; what a script calls by itself no tool call names',
]

export const runTranscripts = async (
  context: Context,
  user: UserName,
  request: TranscriptsRequest,
): Promise<void> => {
  const { target, io } = context
  const until = await findNow(target.sdk, io.story.warn)
  const from = until - request.since
  const collected =
    request.from === undefined
      ? await collectFromSandbox(context, user, { since: from, config: request.config })
      : await collectFromFolder(request.from, await readProgram(context))
  const { transcripts: all, strange } = parseFiles(collected.files)
  const recent = limitRange(all, from)
  const chosen = chooseSession(recent, request.session)
  const rows = await io.story.step('Events of CloudTrail', () =>
    findRows(context, user, { from, until }, request.from !== undefined),
  )
  // All chats are joined, also those nobody asked for: a call that may be of two is not sure because one is not shown.
  const joined = joinCalls(recent, rows)
  const shown = new Set(chosen)
  const own = {
    calls: joined.calls.filter(({ transcript }) => shown.has(transcript)),
    alone: joined.alone.filter(
      ({ during }) => request.session === undefined || chosen.some(({ id }) => during.includes(id)),
    ),
  }
  const wanted = { ...everything, writes: request.writes, denied: request.denied }
  const redact = await openRedactor()
  const report = await showReport(chosen, own, { now: until, wanted }, redact)
  if (request.json) io.answer(inertText(JSON.stringify(report)))
  else for (const line of renderReport(report)) io.answer(line)
  const why = collected.why === undefined ? undefined : await redact(collected.why)
  tellGaps(context, { ...collected, why }, await redactDeep(strange, redact), report)
  const calls = report.sessions.flatMap(({ prompts }) => prompts.flatMap((prompt) => prompt.calls))
  const events = calls.flatMap((call) => call.events)
  io.story.say(
    `${counted(report.sessions.length, 'chat')}, ${counted(calls.length, 'tool call')}, ${counted(new Set(events.map(({ eventId }) => eventId)).size, 'event')} joined, ${counted(report.withoutToolCall.length, 'event')} that no tool call names`,
  )
  for (const limit of limits) io.story.say(limit)
}
