import type { Io } from '../../cli/io.ts'
import type { SdkConfig } from '../../target.ts'
import type { Source } from '../source.ts'
import { findStore } from './find-store.ts'
import { runQuery } from './run-query.ts'
import { createLake } from './source.ts'

const megabyte = 1_000_000

export interface Lake {
  readonly source: Source
  /** What all queries so far have scanned, which is what AWS bills. */
  readonly renderScanned: () => string
}

/** CloudTrail Lake, by the ARN, id or name of an event data store. */
export const openLake = async (
  sdk: SdkConfig,
  named: string,
  { story, signal }: Pick<Io, 'story' | 'signal'>,
  { now, onUnreadable }: { readonly now: number; readonly onUnreadable: () => void },
): Promise<Lake> => {
  const { CloudTrailClient } = await import('../../aws/sdk/cloudtrail.ts')
  const store = await findStore(sdk, named)
  const client = new CloudTrailClient({ ...sdk, region: store.region })
  let [bytes, queries] = [0, 0]
  const onScanned = (more: number) => {
    bytes += more
    queries += 1
  }
  story.say(`asked the event data store ${store.name} in ${store.region}, for the regions that it collects`)
  return {
    source: createLake({
      ...{ store: store.id, now, onUnreadable },
      run: (sql) => runQuery({ client, sql, signal, onScanned, warn: story.warn }),
    }),
    renderScanned: () =>
      `${queries} queries scanned ${(bytes / megabyte).toFixed(1)} MB of it; AWS bills that, and --since narrows it`,
  }
}
