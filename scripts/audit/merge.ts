import type { AuditEvent } from './event.ts'

type Timed = Pick<AuditEvent, 'id' | 'at'>

interface Lane<T> {
  readonly source: AsyncIterator<T>
  head: T
}

const openLanes = async <T>(sources: readonly AsyncIterable<T>[]): Promise<Lane<T>[]> => {
  const lanes: Lane<T>[] = []
  // One after the other: they share a quota.
  for (const one of sources) {
    const source = one[Symbol.asyncIterator]()
    const first = await source.next()
    if (first.done !== true) lanes.push({ source, head: first.value })
  }
  return lanes
}

/** The lanes' events, the newest head first. */
async function* zip<T extends Timed>(sources: readonly AsyncIterable<T>[]): AsyncGenerator<T> {
  const lanes = await openLanes(sources)
  try {
    while (lanes.length > 0) {
      const lane = lanes.reduce((best, one) => (one.head.at > best.head.at ? one : best))
      yield lane.head
      const next = await lane.source.next()
      if (next.done === true) lanes.splice(lanes.indexOf(lane), 1)
      else lane.head = next.value
    }
  } finally {
    for (const { source } of lanes) await source.return?.()
  }
}

const minute = 60_000
/** Event history is newest first, but for events that came late: so far apart they may stand. */
const spread = 15 * minute

/** Newest first; of one second by their ids, so that two runs tell the same. */
const inOrder = <T extends Timed>(events: Iterable<T>): T[] =>
  [...events].sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1))

/**
 * One stream, newest first, each event once. Held in memory is a quarter of an hour, whatever the length of it all:
 * an event is known again by its id in the minute it happened in.
 */
export async function* mergeNewestFirst<T extends Timed>(
  sources: readonly AsyncIterable<T>[],
): AsyncGenerator<T> {
  const minutes = new Map<number, Map<string, T>>()
  let newest = Number.MAX_SAFE_INTEGER
  const take = function* (after: number): Generator<T> {
    for (const at of [...minutes.keys()].sort((a, b) => b - a)) {
      if (at <= after) return
      yield* inOrder(minutes.get(at)?.values() ?? [])
      minutes.delete(at)
    }
  }
  for await (const event of zip(sources)) {
    const at = Math.floor(event.at / minute)
    const kept = minutes.get(at) ?? new Map<string, T>()
    minutes.set(at, kept.set(event.id, event))
    if (event.at >= newest - minute) continue
    newest = event.at
    yield* take(Math.floor((event.at + spread) / minute))
  }
  yield* take(-1)
}
