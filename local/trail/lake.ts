import * as z from 'zod'
import { answerJson, Refusal } from '../gateway/json-api.ts'
import type { Owners, Request } from '../gateway/owners.ts'
import type { JournalFiles } from './look-up.ts'
import { createQueries, type Queries, type Run } from './queries.ts'
import { parseQuery } from './sql/query.ts'
import { refuseQuery } from './sql/tokens.ts'
import { localStore } from './store.ts'

export interface LakeDeps extends JournalFiles {
  readonly flush: () => void
}

const storeArn = ({ call, principal }: Request): string =>
  `arn:aws:cloudtrail:${call.region}:${principal.accountId}:eventdatastore/${localStore.id}`

/** An ARN of a store, or its end. */
const refuseStore = (named: string): void => {
  if (named.split('/').at(-1)?.toLowerCase() === localStore.id) return
  throw new Refusal('EventDataStoreNotFoundException', `The event data store ${named} does not exist.`)
}

const findRun = (queries: Queries, id: string): Run => {
  const run = queries.find(id)
  if (run === undefined) throw new Refusal('QueryIdNotFoundException', `The query ${id} does not exist.`)
  return run
}

const describe = (run: Run) => ({
  ...{ QueryId: run.id, QueryString: run.sql, QueryStatus: run.status },
  QueryStatistics: {
    ...{ EventsMatched: run.rows.length, EventsScanned: run.scanned, BytesScanned: run.bytes },
    ...{ ExecutionTimeInMillis: Math.max(0, run.ended - run.begun), CreationTime: run.begun / 1000 },
  },
  ...(run.error === undefined ? {} : { ErrorMessage: run.error }),
})

const parsePage = (token: string | undefined, { id }: Run): number => {
  if (token === undefined) return 0
  const [, of, start] = /^(.+)_(\d{1,9})$/.exec(token) ?? []
  if (of !== id) throw new Refusal('InvalidNextTokenException', 'The token is not one of this query.')
  return Number(start)
}

const page = (run: Run, token: string | undefined, size: number) => {
  if (size < 1 || size > 1000)
    throw new Refusal('InvalidMaxResultsException', 'The value for MaxQueryResults must be 1 to 1000.')
  const start = parsePage(token, run)
  const rows = run.rows.slice(start, start + size)
  const more = start + size < run.rows.length
  return {
    QueryStatus: run.status,
    QueryStatistics: {
      ...{ ResultsCount: rows.length, TotalResultsCount: run.rows.length, BytesScanned: run.bytes },
    },
    QueryResultRows: rows,
    ...(more ? { NextToken: `${run.id}_${start + size}` } : {}),
    ...(run.error === undefined ? {} : { ErrorMessage: run.error }),
  }
}

const start = (queries: Queries, { QueryStatement: sql = '', ...other }: z.output<typeof startQuery>) => {
  if (Object.keys(other).length > 0)
    throw new Refusal('InvalidParameterException', `${Object.keys(other).join(', ')}: not done here.`)
  if (sql.length > 10_000) throw refuseQuery('it is longer than 10000 characters')
  const query = parseQuery(sql)
  refuseStore(query.store)
  return { QueryId: queries.start(sql, query).id }
}

const startQuery = z.looseObject({ QueryStatement: z.string().optional() })
const ofQuery = z.object({ QueryId: z.string() })
const results = ofQuery.extend({
  NextToken: z.string().optional(),
  MaxQueryResults: z.number().int().default(1000),
})

const cancel = (run: Run) => {
  if (run.status !== 'RUNNING')
    throw new Refusal('InactiveQueryException', `The query ${run.id} is ${run.status} already.`)
  run.status = 'CANCELLED'
  return { QueryId: run.id, QueryStatus: run.status }
}

/** CloudTrail Lake over the journal. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-lake.html */
export const createLake = (deps: LakeDeps): Owners => {
  const queries = createQueries(deps)
  return {
    'cloudtrail/ListEventDataStores': answerJson(z.object({}), (_, request) => ({
      EventDataStores: [{ EventDataStoreArn: storeArn(request), Name: localStore.name }],
    })),
    'cloudtrail/GetEventDataStore': answerJson(z.object({ EventDataStore: z.string() }), (input, request) => {
      refuseStore(input.EventDataStore)
      const kind = { MultiRegionEnabled: true, OrganizationEnabled: false, Status: 'ENABLED' }
      return { EventDataStoreArn: storeArn(request), Name: localStore.name, ...kind }
    }),
    'cloudtrail/StartQuery': answerJson(startQuery, (input) => {
      deps.flush()
      return start(queries, input)
    }),
    'cloudtrail/DescribeQuery': answerJson(ofQuery, ({ QueryId }) => describe(findRun(queries, QueryId))),
    'cloudtrail/GetQueryResults': answerJson(results, ({ QueryId, NextToken, MaxQueryResults }) =>
      page(findRun(queries, QueryId), NextToken, MaxQueryResults),
    ),
    'cloudtrail/CancelQuery': answerJson(ofQuery, ({ QueryId }) => cancel(findRun(queries, QueryId))),
  }
}
