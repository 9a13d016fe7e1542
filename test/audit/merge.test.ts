import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeNewestFirst } from '../../scripts/audit/merge.ts'

interface Timed {
  readonly id: string
  readonly at: number
}

async function* lane(events: Iterable<Timed>): AsyncGenerator<Timed> {
  yield* events
}

const gather = async (lanes: readonly (readonly Timed[])[]): Promise<Timed[]> => {
  const found: Timed[] = []
  for await (const event of mergeNewestFirst(lanes.map(lane))) found.push(event)
  return found
}

const newestFirst = (events: readonly Timed[]) =>
  [...events].sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1))

/** Some minutes out of order, as events that came late are. */
const disordered = (events: readonly Timed[], seed: number): Timed[] =>
  newestFirst(events)
    .map((event, index) => ({ event, key: event.at + ((seed * (index + 7)) % 600) * 1000 }))
    .sort((a, b) => b.key - a.key)
    .map(({ event }) => event)

const day = fc
  .uniqueArray(fc.record({ id: fc.uuid(), at: fc.integer({ min: 0, max: 86_400 }) }), {
    selector: ({ id }) => id,
  })
  .map((events) => events.map(({ id, at }) => ({ id, at: at * 1000 })))

test('whatever overlaps and comes out of order: each event once, newest first, none lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      day,
      fc.integer({ min: 0, max: 1000 }),
      fc.infiniteStream(fc.boolean()),
      async (events, seed, coin) => {
        const chosen = () => events.filter(() => coin.next().value)
        const [left, right] = [chosen(), chosen()]
        const rest = events.filter((event) => !left.includes(event) && !right.includes(event))
        const lanes = [left, right, [...rest, ...rest]].map((one) => disordered(one, seed))
        expect(await gather(lanes)).toEqual(newestFirst(events))
      },
    ),
  )
})

test('a million events pass through memory that a hundred thousand need as well', {
  timeout: 120_000,
}, async () => {
  const peak = async (count: number): Promise<number> => {
    let most = 0
    let seen = 0
    // As dense as a busy day; the longer story is ten such days.
    const step = 86_400_000 / 100_000
    const numbered = function* (): Generator<Timed> {
      for (let index = 0; index < count; index += 1) yield { id: `event ${index}`, at: 9e12 - index * step }
    }
    for await (const _event of mergeNewestFirst([lane(numbered()), lane(numbered())])) {
      seen += 1
      if (seen % 20_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed)
    }
    expect(seen).toBe(count)
    return most
  }
  const small = await peak(100_000)
  expect(await peak(1_000_000)).toBeLessThan(small + 100 * 1024 * 1024)
})
