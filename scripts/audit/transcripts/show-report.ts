import type { Joined } from './join.ts'
import { type Redact, redactDeep } from './redact.ts'
import { planReport, type Report, type ReportFacts } from './report.ts'
import { shortenReport } from './shorten.ts'
import type { Transcript } from './transcript.ts'

/**
 * The only way from chats to an answer: hidden first, shortened then. What is written as JSON is hidden before that
 * as well, for a secret in quotes looks different in quotes that have quotes around them.
 */
export const showReport = async (
  transcripts: readonly Transcript[],
  joined: Joined,
  facts: ReportFacts,
  redact: Redact,
): Promise<Report> => {
  const calls: Joined['calls'][number][] = []
  for (const one of joined.calls)
    calls.push({ ...one, call: { ...one.call, input: await redactDeep(one.call.input, redact) } })
  return shortenReport(await redactDeep(planReport(transcripts, { ...joined, calls }, facts), redact))
}
