import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach } from 'vitest'
import { classify } from '../../../local/gateway/classify.ts'
import type { Incoming } from '../../../local/gateway/incoming.ts'
import type { JournalRecord } from '../../../local/gateway/journal.ts'
import type { Owner } from '../../../local/gateway/owners.ts'
import type { TrailEvent } from '../../../local/trail/event.ts'
import { createTrailOwners } from '../../../local/trail/owners.ts'
import { accountId } from '../ssm/fixture.ts'

const scope = { service: 'cloudtrail', region: 'us-west-2' }
let folder: string
export let number = 0
export const files = () => ({ file: join(folder, 'journal.jsonl'), older: join(folder, 'journal.1.jsonl') })

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'graviton-trail-'))
  number = 0
  return () => rmSync(folder, { recursive: true })
})

export const alice = `arn:aws:iam::${accountId}:user/alice`
/** One second after the one before. */
export const record = (part: Partial<JournalRecord> = {}): JournalRecord => {
  number += 1
  return {
    time: new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString(),
    ms: 5,
    service: 'ec2',
    operation: 'DescribeVpcs',
    region: 'us-west-2',
    principal: alice,
    accessKeyId: 'AKIA1',
    source: '127.0.0.1:5000',
    userAgent: 'aws-cli/1',
    status: 200,
    error: null,
    requestId: `request-${number}`,
    parameters: {},
    ...part,
  }
}
export const lines = (...records: JournalRecord[]) =>
  records.map((one) => `${JSON.stringify(one)}\n`).join('')
export const keep = (...records: JournalRecord[]) => writeFileSync(files().file, lines(...records))

interface Answer {
  readonly Events: TrailEvent[]
  readonly NextToken?: string
  readonly __type?: string
}

export const lookUp = async (input: object = {}): Promise<Answer> => {
  const owner = createTrailOwners({ ...files(), flush: () => {} })['cloudtrail/LookupEvents'] as Owner
  const incoming = {
    id: 'id',
    headers: [['x-amz-target', 'CloudTrail_20131101.LookupEvents']],
    body: Buffer.from(JSON.stringify(input)),
  } as unknown as Incoming
  const reply = await owner({ incoming, call: classify(incoming, scope) } as Parameters<Owner>[0])
  return JSON.parse(reply.body.toString()) as Answer
}
export const by = (AttributeKey: string, AttributeValue: string) => ({
  LookupAttributes: [{ AttributeKey, AttributeValue }],
})
export const names = async (input: object = {}) =>
  (await lookUp(input)).Events.map(({ EventName }) => EventName)
