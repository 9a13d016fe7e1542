import type { UserName } from '../../../config/user-name.ts'
import { counted } from '../../cli/ask.ts'
import type { Context } from '../../sandbox/context.ts'
import { findGround } from '../find-subject.ts'
import { inertText } from '../inert.ts'
import { type Asking, openSource } from '../open-source.ts'
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

export interface TranscriptsRequest extends Asking {
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
  request: TranscriptsRequest,
): Promise<readonly Row[]> => {
  const { story } = context.io
  const laptop = request.from !== undefined
  let unreadable = 0
  const onUnreadable = () => {
    unreadable += 1
  }
  const opening = { now: range.until, onUnreadable }
  const { source, renderLimits } = await openSource(context, request, opening)
  const open = { from: range.from, until: undefined }
  const ground = await findGround(context, user, { source, range: open, now: range.until, warn: story.warn })
  const telling = { source, ground, range, wanted: everything }
  const rows = await gatherRows(tellStory({ ...telling, link: async (row) => row }))
  story.say(renderLimits())
  if (unreadable > 0) story.warn(`${counted(unreadable, 'event')} could not be read`)
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
  'CloudTrail shows an event up to 15 minutes late; what a script calls by itself no tool call names',
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
    findRows(context, user, { from, until }, request),
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
