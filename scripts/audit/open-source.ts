import type { Context } from '../sandbox/context.ts'
import { planLookBack } from './find-subject.ts'
import { createHistory } from './history.ts'
import { openLookup } from './lookup.ts'
import { findRegions, type Regions, renderRegions } from './regions.ts'
import type { Source } from './source.ts'

/** Where a story is looked for. */
export interface Asking {
  readonly regions: Regions
  /** ARN, id or name of an event data store; undefined: event history. */
  readonly store: string | undefined
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html */
const limits =
  'event history has management events alone: what was read from or written to objects of S3, items of DynamoDB and the like is not in it'

interface Opened {
  readonly source: Source
  /** What the story lacks, or has cost. */
  readonly renderLimits: () => string
}

interface Opening {
  readonly now: number
  readonly onUnreadable: () => void
}

const openHistory = async (context: Context, request: Asking, opening: Opening): Promise<Opened> => {
  const { target, io } = context
  const { story, signal } = io
  const others = await findRegions(target, request.regions)
  const ask = await openLookup({ sdk: target.sdk, signal, onUnreadable: opening.onUnreadable })
  story.say(renderRegions(target.region, others, request.regions))
  const refused = new Set<string>()
  const onRefused = (region: string, why: string) => {
    if (!refused.has(region)) story.warn(`without ${region}: ${why}`)
    refused.add(region)
  }
  const source = createHistory({
    ...{ ask, now: opening.now, place: { accountId: target.accountId, home: target.region, others } },
    onRefused: request.regions === 'all' ? onRefused : undefined,
  })
  return { source, renderLimits: () => limits }
}

const openStore = async (
  { target, io, settings }: Context,
  store: string,
  opening: Opening,
): Promise<Opened> => {
  const { openLake } = await import('./lake/open-lake.ts')
  const { source, renderScanned } = await openLake(target.sdk, store, io, opening)
  const hours = planLookBack(settings) / 3600_000
  return {
    source,
    renderLimits: () =>
      `${renderScanned()}; of windows that were opened more than ${hours} hours before it nothing is known`,
  }
}

export const openSource = (context: Context, asking: Asking, opening: Opening): Promise<Opened> =>
  asking.store === undefined
    ? openHistory(context, asking, opening)
    : openStore(context, asking.store, opening)
