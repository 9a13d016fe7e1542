import { setTimeout as delay } from 'node:timers/promises'
import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail'
import { UserError } from '../../../config/user-error.ts'
import { awsCall, isAwsError } from '../../aws/call.ts'

export interface QueryOptions {
  readonly client: CloudTrailClient
  readonly sql: string
  readonly signal: AbortSignal
  /** What it costs: AWS bills what a query scans. */
  readonly onScanned: (bytes: number) => void
  readonly warn: (text: string) => void
  readonly wait?: typeof delay
}

const [firstPause, longestPause] = [300, 5000]

/** A query that nobody waits for goes on and is paid for. */
const cancel = async ({ client, warn }: QueryOptions, QueryId: string): Promise<void> => {
  const { CancelQueryCommand } = await import('../../aws/sdk/cloudtrail.ts')
  try {
    await client.send(new CancelQueryCommand({ QueryId }))
    warn(`the query ${QueryId} is cancelled`)
  } catch (error) {
    if (!isAwsError(error, 'InactiveQueryException'))
      warn(`the query ${QueryId} could not be cancelled: ${(error as Error).message}`)
  }
}

/** Resolves when there are answers. */
const waitForQuery = async (options: QueryOptions, QueryId: string): Promise<void> => {
  const { client, signal, onScanned, wait = delay } = options
  const { DescribeQueryCommand } = await import('../../aws/sdk/cloudtrail.ts')
  for (let pause = firstPause; ; pause = Math.min(longestPause, pause * 1.5)) {
    const { QueryStatus, QueryStatistics, ErrorMessage } = await awsCall('ask for the query', () =>
      client.send(new DescribeQueryCommand({ QueryId }), { abortSignal: signal }),
    )
    if (QueryStatus === 'FINISHED') return onScanned(Number(QueryStatistics?.BytesScanned ?? 0))
    if (QueryStatus !== 'QUEUED' && QueryStatus !== 'RUNNING')
      throw new UserError(`the query ended as ${QueryStatus}: ${ErrorMessage ?? 'no reason given'}`, {
        hint: `aws cloudtrail describe-query --query-id ${QueryId}`,
      })
    await wait(pause, undefined, { signal })
  }
}

const startQuery = async ({ client, sql }: QueryOptions): Promise<string> => {
  const { StartQueryCommand } = await import('../../aws/sdk/cloudtrail.ts')
  // Not to be cut off: a query whose id nobody has heard cannot be cancelled.
  const { QueryId } = await awsCall('start a query of CloudTrail Lake', () =>
    client.send(new StartQueryCommand({ QueryStatement: sql })),
  )
  if (QueryId === undefined) throw new UserError('CloudTrail Lake started a query and did not say which')
  return QueryId
}

/** Records of events, as texts, newest first. Ctrl-C cancels the query. */
export async function* runQuery(options: QueryOptions): AsyncGenerator<string> {
  const { client, signal } = options
  const { GetQueryResultsCommand } = await import('../../aws/sdk/cloudtrail.ts')
  signal.throwIfAborted()
  const QueryId = await startQuery(options)
  try {
    await waitForQuery(options, QueryId)
  } catch (error) {
    if (signal.aborted) await cancel(options, QueryId)
    throw error
  }
  let NextToken: string | undefined
  do {
    const call = new GetQueryResultsCommand({ QueryId, NextToken, MaxQueryResults: 1000 })
    const page = await awsCall('read the answer of the query', () =>
      client.send(call, { abortSignal: signal }),
    )
    for (const row of page.QueryResultRows ?? [])
      for (const cell of row) if (cell.eventjson !== undefined) yield cell.eventjson
    NextToken = page.NextToken
  } while (NextToken !== undefined)
}
