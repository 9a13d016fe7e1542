import { usageError } from '../../../config/user-error.ts'
import { printable } from '../../../config/user-name.ts'
import type { Transcript } from './transcript.ts'

/** What a chat has said since then; undefined when that is nothing. */
const limitOne = (transcript: Transcript, from: number): Transcript | undefined => {
  const turns = transcript.turns
    .map((turn) => ({
      ...turn,
      calls: turn.calls.filter(({ until }) => until === undefined || until >= from),
    }))
    .filter(({ at, calls }) => calls.length > 0 || at === undefined || at >= from)
  const ended = transcript.until !== undefined && transcript.until < from
  return ended || turns.length === 0 ? undefined : { ...transcript, turns }
}

export const limitRange = (transcripts: readonly Transcript[], from: number): readonly Transcript[] =>
  transcripts.flatMap((one) => limitOne(one, from) ?? [])

/** By the whole id or its beginning, as Kiro's own list shows it. */
export const chooseSession = (
  transcripts: readonly Transcript[],
  wanted: string | undefined,
): readonly Transcript[] => {
  if (wanted === undefined) return transcripts
  const named = transcripts.filter(({ id, parent }) => id === wanted || parent === wanted)
  const found = named.length > 0 ? named : transcripts.filter(({ id }) => id.startsWith(wanted))
  if (found.length > 0) return found
  const ids = transcripts.slice(-3).map(({ id }) => printable(id))
  throw usageError(
    `--session ${printable(wanted)} is none of the ${transcripts.length} chats of that time`,
    ids.length === 0 ? 'a longer --since' : `the last ones are ${ids.join(', ')}; or a longer --since`,
  )
}
