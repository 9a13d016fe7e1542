import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { classify } from '../../../local/gateway/classify.ts'
import type { Incoming } from '../../../local/gateway/incoming.ts'
import type { JournalRecord } from '../../../local/gateway/journal.ts'
import type { Owner, Owners } from '../../../local/gateway/owners.ts'
import { createTrailOwners } from '../../../local/trail/owners.ts'
import { localStore } from '../../../local/trail/store.ts'
import { accountId } from '../ssm/fixture.ts'

interface Answer {
  readonly __type?: string
  readonly QueryId?: string
  readonly QueryStatus?: string
  readonly QueryStatistics?: Readonly<Record<string, number>>
  readonly QueryResultRows?: readonly Readonly<Record<string, string>>[][]
  readonly NextToken?: string
}

let owners: Owners
const record = (second: number, part: Partial<JournalRecord> = {}): JournalRecord => ({
  ...{ time: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(), ms: 5, service: 'ec2' },
  ...{ operation: `E${second}`, region: 'us-west-2', principal: `arn:aws:iam::${accountId}:user/alice` },
  ...{ accessKeyId: 'AKIA1', source: '127.0.0.1:5000', userAgent: 'aws-cli/1', status: 200, error: null },
  ...{ requestId: `request-${second}`, parameters: {}, ...part },
})

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'graviton-lake-'))
  const file = join(folder, 'journal.jsonl')
  const records = [
    ...[1, 2, 3, 4, 5].map((second) => record(second)),
    record(6, { region: 'eu-west-1', operation: 'RunInstances', made: ['i-0123456789abcdef0'] }),
    record(7, { service: 's3', operation: 'PutObject', parameters: { bucket: 'b', key: 'k' } }),
  ]
  writeFileSync(file, records.map((one) => `${JSON.stringify(one)}\n`).join(''))
  owners = createTrailOwners({ file, older: join(folder, 'journal.1.jsonl'), flush: () => {} })
  return () => rmSync(folder, { recursive: true })
})

const call = async (operation: string, input: object = {}): Promise<Answer> => {
  const incoming = {
    id: 'id',
    headers: [['x-amz-target', `CloudTrail_20131101.${operation}`]],
    body: Buffer.from(JSON.stringify(input)),
  } as unknown as Incoming
  const asked = classify(incoming, { service: 'cloudtrail', region: 'us-west-2' })
  const owner = owners[`cloudtrail/${operation}`] as Owner
  const request = { incoming, call: asked, principal: { accountId } } as Parameters<Owner>[0]
  return JSON.parse((await owner(request)).body.toString()) as Answer
}

const start = (sql: string) => call('StartQuery', { QueryStatement: sql })
const ask = async (sql: string): Promise<Answer> => {
  const { QueryId, __type } = await start(sql)
  expect(__type).toBeUndefined()
  for (;;) {
    const answer = await call('GetQueryResults', { QueryId })
    if (answer.QueryStatus !== 'RUNNING') return answer
    await delay(5)
  }
}
const from = `FROM ${localStore.id}`
const names = ({ QueryResultRows = [] }: Answer) =>
  QueryResultRows.map((row) => Object.values(row[0] ?? {})[0])

describe('the journal as an event data store', () => {
  test('is listed with an ARN, by whose end it is asked', async () => {
    const { EventDataStores } = (await call('ListEventDataStores')) as unknown as {
      EventDataStores: { Name: string; EventDataStoreArn: string }[]
    }
    expect(EventDataStores).toEqual([
      {
        Name: localStore.name,
        EventDataStoreArn: `arn:aws:cloudtrail:us-west-2:${accountId}:eventdatastore/${localStore.id}`,
      },
    ])
  })

  test('answers from all regions, what the query means and in its order', async () => {
    expect(names(await ask(`SELECT eventname ${from} ORDER BY eventtime DESC LIMIT 3`))).toEqual([
      ...['RunInstances', 'E5', 'E4'],
    ])
    expect(
      names(
        await ask(
          `select eventName ${from} where eventTime >= '2026-01-01 00:00:02' and eventTime < '2026-01-01 00:00:04' order by eventtime`,
        ),
      ),
    ).toEqual(['E2', 'E3'])
    const { QueryResultRows, QueryStatistics } = await ask(
      `SELECT eventtime, useridentity.username, eventjson ${from} WHERE awsregion = 'eu-west-1'`,
    )
    expect(QueryResultRows).toEqual([
      [
        { eventtime: '2026-01-01 00:00:06.000' },
        { username: 'alice' },
        {
          eventjson: expect.stringContaining(
            '"instancesSet":{"items":[{"instanceId":"i-0123456789abcdef0"}]}',
          ),
        },
      ],
    ])
    expect(QueryStatistics?.BytesScanned).toBeGreaterThan(100)
  })

  test('gives its answer in pages, each row once', async () => {
    const { QueryId } = await ask(`SELECT eventname ${from} ORDER BY eventtime`).then(() =>
      start(`SELECT eventname ${from} ORDER BY eventtime`),
    )
    while ((await call('DescribeQuery', { QueryId })).QueryStatus === 'RUNNING') await delay(5)
    const found: unknown[] = []
    let NextToken: string | undefined
    do {
      const page = await call('GetQueryResults', { QueryId, NextToken, MaxQueryResults: 4 })
      found.push(...names(page))
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    expect(found).toEqual(['E1', 'E2', 'E3', 'E4', 'E5', 'RunInstances'])
  })

  test.each([
    `SELECT * ${from}`,
    `SELECT count(*) ${from}`,
    `SELECT eventname ${from} GROUP BY eventname`,
    `SELECT eventname ${from} WHERE element_at(requestparameters, 'a') = 'b'`,
    `SELECT eventname ${from} WHERE eventname = sourceipaddress`,
    `SELECT eventname ${from} WHERE eventtime > 'yesterday'`,
    `SELECT eventname ${from} WHERE readonly = 'false'`,
    `SELECT colour ${from}`,
    `SELECT eventname ${from}; DROP TABLE x`,
    `SELECT eventname ${from} WHERE eventname = 'a`,
    `DELETE ${from}`,
    '',
  ])('refuses what it does not know instead of making something up: %s', async (sql) =>
    expect((await start(sql)).__type).toBe('InvalidQueryStatementException'),
  )

  test('refuses a store, a query and a token that there are not, and to cancel what has ended', async () => {
    const { QueryId } = await start(`SELECT eventname ${from}`)
    while ((await call('DescribeQuery', { QueryId })).QueryStatus === 'RUNNING') await delay(5)
    const types = [
      await start('SELECT eventname FROM 11111111-1111-1111-1111-111111111111'),
      await call('DescribeQuery', { QueryId: 'other' }),
      await call('GetQueryResults', { QueryId, NextToken: 'made up' }),
      await call('CancelQuery', { QueryId }),
    ].map(({ __type }) => __type)
    expect(types).toEqual([
      'EventDataStoreNotFoundException',
      'QueryIdNotFoundException',
      'InvalidNextTokenException',
      'InactiveQueryException',
    ])
  })

  test('stops a query that is cancelled', async () => {
    const { QueryId } = await start(`SELECT eventname ${from}`)
    const cancelled = await call('CancelQuery', { QueryId })
    // The journal is short: the query may have ended before it could be cancelled, and then that is said.
    expect([cancelled.QueryStatus, cancelled.__type]).toSatisfy(
      ([status, type]: unknown[]) => status === 'CANCELLED' || type === 'InactiveQueryException',
    )
  })
})
