import { setTimeout as delay } from 'node:timers/promises'
import type { Ground } from './ground.ts'
import type { Row } from './row.ts'
import type { Look } from './story.ts'

/** Events come late, and not in their order; that is how long AWS takes as a rule.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html */
const late = 15 * 60_000
const pause = 10_000

export interface FollowOptions {
  readonly ground: Ground
  /** What has happened since that time, as far as it is known by now. */
  readonly look: (ground: Ground, from: number) => Promise<Look>
  /** Milliseconds since 1970: rows before are known already. */
  readonly from: number
  /** What is new, oldest first; also without a row, since windows end by time. */
  readonly show: (fresh: readonly Row[], ground: Ground) => Promise<void>
  readonly signal: AbortSignal
  readonly wait?: typeof delay
}

/** Looks again and again at the last quarter of an hour, and shows what is new in it, oldest first. */
export const followRows = async (options: FollowOptions): Promise<void> => {
  const { look, from, show, signal, wait = delay } = options
  const seen = new Map<string, number>()
  let { ground } = options
  let newest = from
  while (!signal.aborted) {
    let rows: readonly Row[]
    try {
      ;({ rows, ground } = await look(ground, Math.max(from, newest - late)))
    } catch (error) {
      // Ctrl-C is how this ends, at whatever moment it comes.
      if (signal.aborted) return
      throw error
    }
    const fresh = rows.filter(({ eventId }) => !seen.has(eventId)).reverse()
    for (const { eventId, time } of fresh) {
      seen.set(eventId, Date.parse(time))
      newest = Math.max(newest, Date.parse(time))
    }
    await show(fresh, ground)
    for (const [id, at] of seen) if (at < newest - 2 * late) seen.delete(id)
    await wait(pause, undefined, { signal }).catch(() => undefined)
  }
}
