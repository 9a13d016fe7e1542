import { setImmediate } from 'node:timers/promises'
import type { JournalRecord } from '../gateway/journal.ts'
import { type KnownRecord, renderEvent, type TrailEvent } from './event.ts'
import { planUsername } from './identity.ts'
import { type LookupInput, matchesLookup } from './lookup-input.ts'
import { isManagement } from './management.ts'
import { type Place, parseToken, refuseToken, renderToken } from './next-token.ts'
import { type Opened, openBackwards } from './read-backwards.ts'

export interface JournalFiles {
  readonly file: string
  readonly older: string
}

/** undefined for a line that is no record, such as the half one of a process that was killed. */
const parseLine = (text: string): JournalRecord | undefined => {
  try {
    const record = JSON.parse(text) as JournalRecord
    return typeof record.requestId === 'string' && typeof record.time === 'string' ? record : undefined
  } catch {
    return undefined
  }
}

/** Services whose events AWS keeps in us-east-1 alone. Here they are found from every region: there is one journal. */
const isGlobal = (service: string): boolean => service === 'iam' || service === 'sts'

/** Of management, by somebody known. */
export const isKnown = (record: JournalRecord): record is KnownRecord =>
  record.principal !== null && isManagement(record)

const isEvent = (record: JournalRecord, region: string): record is KnownRecord =>
  (record.region === region || isGlobal(record.service)) && isKnown(record)

/** Records lie in the order in which calls ended; those before this one ended earlier still. */
const endedBefore = (record: JournalRecord, seconds: number | undefined): boolean =>
  seconds !== undefined && Date.parse(record.time) + record.ms < Math.floor(seconds) * 1000

/** What a record itself can say no to: rendering all of a long journal for a few events takes seconds. */
const mayMatch = ({ LookupAttributes: [attribute] }: LookupInput, record: KnownRecord): boolean => {
  if (attribute?.AttributeKey === 'EventName') return record.operation === attribute.AttributeValue
  return attribute?.AttributeKey !== 'Username' || planUsername(record.principal) === attribute.AttributeValue
}

interface Found {
  readonly record: JournalRecord
  readonly place: Place
}

/** Newest first, from where the last page ended. */
export function* recordsFrom(files: readonly Opened[], place: Place | undefined): Generator<Found> {
  const first = place === undefined ? 0 : files.findIndex(({ inode }) => inode === place.inode)
  const opened = files[first]
  if (place !== undefined && parseLine(opened?.lineAt(place.start) ?? '')?.requestId !== place.requestId)
    throw refuseToken()
  for (const file of files.slice(first))
    for (const { text, start } of file.lines(file === opened ? place?.start : undefined)) {
      const record = parseLine(text)
      if (record !== undefined)
        yield { record, place: { inode: file.inode, start, requestId: record.requestId } }
    }
}

export interface LookedUp {
  readonly Events: readonly TrailEvent[]
  readonly NextToken?: string
}

/** Others want to be answered while a long journal is read: after so many records it is their turn. */
const turn = 256

const collect = async (found: Iterable<Found>, input: LookupInput, region: string): Promise<LookedUp> => {
  const events: TrailEvent[] = []
  let last: Place | undefined
  let seen = 0
  for (const { record, place } of found) {
    seen += 1
    if (seen % turn === 0) await setImmediate()
    if (endedBefore(record, input.StartTime)) break
    if (!isEvent(record, region) || !mayMatch(input, record)) continue
    const event = renderEvent(record)
    if (!matchesLookup(input, event)) continue
    // Only one event more proves that there is a next page.
    if (events.length === input.MaxResults && last !== undefined)
      return { Events: events, NextToken: renderToken(input, region, last) }
    events.push(event)
    last = place
  }
  return { Events: events }
}

/** One page of events, newest first; reads no more of the journal than it needs. */
export const lookUp = async (
  { file, older }: JournalFiles,
  input: LookupInput,
  region: string,
): Promise<LookedUp> => {
  // There are no Insights here.
  if (input.EventCategory === 'insight') return { Events: [] }
  const place = parseToken(input, region)
  const files = [file, older].flatMap((name) => openBackwards(name) ?? [])
  try {
    return await collect(recordsFrom(files, place), input, region)
  } finally {
    for (const opened of files) opened.close()
  }
}
