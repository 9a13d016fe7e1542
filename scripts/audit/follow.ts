import { setTimeout as delay } from 'node:timers/promises'
import type { Row } from './row.ts'

/** Events come late, and not in their order; that is how long AWS takes as a rule.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html */
const late = 15 * 60_000
const pause = 10_000

export interface FollowOptions {
  /** Rows since that time, newest first. */
  readonly look: (from: number) => AsyncIterable<Row>
  /** Milliseconds since 1970: rows before are known already. */
  readonly from: number
  readonly show: (row: Row) => Promise<void>
  readonly signal: AbortSignal
  readonly wait?: typeof delay
}

/** Looks again and again at the last quarter of an hour, and shows what is new in it, oldest first. */
export const followRows = async (options: FollowOptions): Promise<void> => {
  const { look, from, show, signal, wait = delay } = options
  const seen = new Map<string, number>()
  let newest = from
  while (!signal.aborted) {
    const fresh: Row[] = []
    const since = Math.max(from, newest - late)
    for await (const row of look(since)) if (!seen.has(row.eventId)) fresh.push(row)
    for (const row of fresh.reverse()) {
      const at = Date.parse(row.time)
      seen.set(row.eventId, at)
      newest = Math.max(newest, at)
      await show(row)
    }
    for (const [id, at] of seen) if (at < newest - 2 * late) seen.delete(id)
    await wait(pause, undefined, { signal }).catch(() => undefined)
  }
}
