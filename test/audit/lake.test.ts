import type { setTimeout as delay } from 'node:timers/promises'
import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseUserName } from '../../config/user-name.ts'
import { parseQuery } from '../../local/trail/sql/query.ts'
import { readTokens } from '../../local/trail/sql/tokens.ts'
import { parseStore } from '../../scripts/audit/lake/find-store.ts'
import { planFirstQuery, planStoryQuery, quote } from '../../scripts/audit/lake/query.ts'
import { findResources } from '../../scripts/audit/lake/resources.ts'
import { runQuery } from '../../scripts/audit/lake/run-query.ts'
import { parseSince } from '../../scripts/audit/range.ts'
import type { Subject } from '../../scripts/audit/subject.ts'

const store = '0e5d7a1c-6b1f-4a53-9d0e-10ca1a0d17a1'
const bounds = { from: Date.parse('2026-01-01T00:00:00Z'), until: Date.parse('2026-01-02T00:00:00.500Z') }
const subjectOf = (login: string): Subject => ({
  ...{ user: parseUserName('alice'), logins: new Set([login]), instances: new Set([login]) },
  ...{ address: undefined, aliases: new Set([login]) },
})
/** What a query is made of, without the words of its texts. */
const skeleton = (sql: string) =>
  readTokens(sql)
    .map(({ kind, text }) => (kind === 'text' ? '?' : text))
    .join(' ')

describe('a query of CloudTrail Lake', () => {
  test('reads nothing outside of the time that was asked for', () => {
    for (const plan of [planFirstQuery, planStoryQuery])
      expect(plan(subjectOf('alice'), store, bounds)).toMatch(
        /^SELECT eventjson FROM 0e5d7a1c-\S+ WHERE eventtime >= '2026-01-01 00:00:00' AND eventtime <= '2026-01-02 00:00:01' AND \(.*\) ORDER BY eventtime DESC$/,
      )
  })

  test('fits into what AWS takes', () =>
    expect(planStoryQuery(subjectOf('a'.repeat(64)), store, bounds).length).toBeLessThan(10_000))

  test('is the same query whatever somebody is called: no name breaks out of its quotes', () => {
    const plain = skeleton(planStoryQuery(subjectOf('alice'), store, bounds))
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom(
        "'",
        "''",
        "\\'",
        "' OR 1=1 --",
        "'; DROP",
        '%',
        '_',
        '\\',
        '\\\\',
        "a' ESCAPE '",
        '\u2019',
      ),
    )
    fc.assert(
      fc.property(hostile, (name) => {
        const sql = planStoryQuery(subjectOf(name), store, bounds)
        expect(skeleton(sql)).toBe(plain)
        expect(readTokens(quote(name))).toEqual([
          { kind: 'text', text: name },
          { kind: 'end', text: '' },
        ])
      }),
    )
  })

  test('finds the name that was meant and no other, with signs that LIKE has a meaning for', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('%', '_', '\\', "'", 'a'), minLength: 1 }), (name) => {
        const { where } = parseQuery(planStoryQuery(subjectOf(name), store, bounds))
        const by = (arn: string) =>
          where({
            json: '',
            record: { eventTime: '2026-01-01T12:00:00Z', readOnly: true, userIdentity: { arn } },
          })
        expect(by(`arn:aws:sts::1:assumed-role/r/${name}`)).toBe(true)
        expect(by(`arn:aws:sts::1:assumed-role/r/${name}b`)).not.toBe(true)
      }),
    )
  })

  test.each([
    ["eventname = 'A'", true],
    ["eventname = 'a'", false],
    ["eventname <> 'A'", false],
    ["errorcode = 'x'", null],
    ["NOT errorcode = 'x'", null],
    ["errorcode = 'x' OR eventname = 'A'", true],
    ["errorcode IS NULL AND eventname IN ('B', 'A')", true],
    ["eventname NOT IN ('A')", false],
    ["eventname LIKE '_'", true],
    ["eventname LIKE '\\_' ESCAPE '\\'", false],
    ['readonly = false', true],
    ["eventtime > '2026-01-01' AND eventtime <= '2026-01-01 12:00:00'", true],
    ["(eventname = 'B' OR eventname = 'A') AND NOT (readonly = true)", true],
  ])('is read as SQL means it, with its three truths: %s', (condition, truth) => {
    const record = { eventName: 'A', eventTime: '2026-01-01T12:00:00Z', readOnly: false }
    const { where } = parseQuery(`SELECT eventid FROM ${store} WHERE ${condition}`)
    expect(where({ json: '', record })).toBe(truth)
  })
})

test.each(['120d', '91d'])('--since %s without a store says what would be needed', (text) => {
  expect(() => parseSince(text)).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('--event-data-store') }),
  )
  expect(parseSince(text, true)).toBeGreaterThan(90 * 86_400_000)
})

test('a store is known by its ARN with its region, by its id, or by a name; nothing else reaches a query', () => {
  const arn = `arn:aws:cloudtrail:eu-west-1:111122223333:eventdatastore/${store}`
  expect(parseStore(arn, 'us-west-2')).toEqual({ id: store, region: 'eu-west-1', name: arn })
  expect(parseStore(store, 'us-west-2')).toMatchObject({ id: store, region: 'us-west-2' })
  expect(parseStore('company-events', 'us-west-2')).toBeUndefined()
  for (const text of ['a b', "x'", 'arn:aws:s3:::b', ''])
    expect(() => parseStore(text, 'us-west-2')).toThrow('--event-data-store')
})

test('the things an event is about are found in its record, where a store has no list of them', () => {
  const record = {
    requestParameters: { roleName: 'r', maxResults: 5, filters: [{ value: 'vpc-12345678' }] },
    responseElements: {
      instancesSet: { items: [{ instanceId: 'i-0123456789abcdef0', tokenValue: 'secret' }] },
    },
  }
  expect(findResources(record).map(({ ResourceName }) => ResourceName)).toEqual([
    'r',
    'vpc-12345678',
    'i-0123456789abcdef0',
  ])
})

/** A client of AWS that answers from a list; what it was asked is written down. */
const clientOf = (answers: Readonly<Record<string, readonly object[]>>) => {
  const asked: string[] = []
  const left = Object.fromEntries(Object.entries(answers).map(([name, all]) => [name, [...all]]))
  const send = async (command: { constructor: { name: string } }) => {
    const name = command.constructor.name.replace(/Command$/, '')
    asked.push(name)
    return left[name]?.shift() ?? left[name]
  }
  return { asked, client: { send } as unknown as CloudTrailClient }
}
const run = async (client: CloudTrailClient, signal: AbortSignal, wait?: typeof delay) => {
  const [found, scanned]: [string[], number[]] = [[], []]
  const options = {
    client,
    sql: 'SELECT',
    signal,
    warn: () => {},
    onScanned: (bytes: number) => void scanned.push(bytes),
  }
  for await (const one of runQuery({ ...options, ...(wait === undefined ? {} : { wait }) })) found.push(one)
  return { found, scanned }
}
const noWait = (async () => undefined) as unknown as typeof delay

describe('a query that runs', () => {
  test('is waited for, read page by page, and says what it has scanned', async () => {
    const { asked, client } = clientOf({
      StartQuery: [{ QueryId: 'q' }],
      DescribeQuery: [
        { QueryStatus: 'QUEUED' },
        { QueryStatus: 'RUNNING' },
        { QueryStatus: 'FINISHED', QueryStatistics: { BytesScanned: 7 } },
      ],
      GetQueryResults: [
        { QueryResultRows: [[{ eventjson: 'a' }], [{ eventjson: 'b' }]], NextToken: 't' },
        { QueryResultRows: [[{ eventjson: 'c' }]] },
      ],
    })
    const { found, scanned } = await run(client, new AbortController().signal, noWait)
    expect([found, scanned]).toEqual([['a', 'b', 'c'], [7]])
    expect(asked).not.toContain('CancelQuery')
  })

  test('is cancelled by Ctrl-C, since it would go on and be paid for', async () => {
    const controller = new AbortController()
    const { asked, client } = clientOf({
      StartQuery: [{ QueryId: 'q' }],
      DescribeQuery: [{ QueryStatus: 'RUNNING' }],
      CancelQuery: [{}],
    })
    setTimeout(() => controller.abort(), 20)
    await expect(run(client, controller.signal)).rejects.toThrow()
    expect(asked).toEqual(['StartQuery', 'DescribeQuery', 'CancelQuery'])
  })

  test.each(['FAILED', 'TIMED_OUT', 'CANCELLED'])('and ends as %s says so', async (QueryStatus) => {
    const { client } = clientOf({
      StartQuery: [{ QueryId: 'q' }],
      DescribeQuery: [{ QueryStatus, ErrorMessage: 'too much' }],
    })
    await expect(run(client, new AbortController().signal, noWait)).rejects.toThrow(
      `the query ended as ${QueryStatus}: too much`,
    )
  })
})
