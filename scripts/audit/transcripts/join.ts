import type { Row } from '../row.ts'
import type { NamedCall } from './aws-words.ts'
import { bearers, type Candidate, candidatesOf, chatsAt, findIds, isMeant, keyOf } from './candidates.ts'
import type { ToolCall, Transcript, Turn } from './transcript.ts'

export interface Match {
  readonly row: Row
  /** The output of the tool bears the id of the request; or service, operation, role and time agree. */
  readonly how: 'request id' | 'time and call'
  /** So many tool calls may have been it; more than one: which of them nobody can say. */
  readonly ofCalls: number
  /** So many events may be meant where the tool call names fewer. */
  readonly ofEvents: number
}

export interface JoinedCall {
  readonly transcript: Transcript
  readonly turn: Turn
  readonly call: ToolCall
  readonly named: readonly NamedCall[]
  readonly matches: readonly Match[]
  /** Calls it names of which there is no event. */
  readonly missing: readonly NamedCall[]
}

export interface Lonely {
  readonly row: Row
  /** Chats that were at work at that time. */
  readonly during: readonly string[]
}

export interface Joined {
  readonly calls: readonly JoinedCall[]
  /** Events that no tool call names. */
  readonly alone: readonly Lonely[]
}

const subtract = (named: readonly NamedCall[], matches: readonly Match[]): NamedCall[] => {
  const keys = matches.map(({ row }) => keyOf(row))
  return named.filter(({ key }) => {
    const at = keys.indexOf(key)
    if (at === -1) return true
    keys.splice(at, 1)
    return false
  })
}

/** Calls by what they name that no request id has accounted for, each as often as it is named. */
type Open = ReadonlyMap<string, ReadonlyMap<Candidate, number>>

const planOpen = (candidates: readonly Candidate[], byId: ReadonlyMap<Candidate, readonly Match[]>): Open => {
  const open = new Map<string, Map<Candidate, number>>()
  for (const candidate of candidates)
    for (const { key } of subtract(candidate.named, byId.get(candidate) ?? [])) {
      const slots = open.get(key) ?? new Map<Candidate, number>()
      open.set(key, slots.set(candidate, (slots.get(candidate) ?? 0) + 1))
    }
  return open
}

interface Pair {
  readonly row: Row
  readonly meant: readonly Candidate[]
}

/** Of one tool call and one operation: how many events fit. */
const countPairs = (pairs: readonly Pair[]): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const { row, meant } of pairs)
    for (const { index } of meant) {
      const label = `${index} ${keyOf(row)}`
      counts.set(label, (counts.get(label) ?? 0) + 1)
    }
  return counts
}

/** Which agent asked for which call. What is not sure is counted and never decided. */
export const joinCalls = (transcripts: readonly Transcript[], rows: readonly Row[]): Joined => {
  const candidates = candidatesOf(transcripts)
  const matches = new Map<Candidate, Match[]>(candidates.map((one) => [one, []]))
  const put = (candidate: Candidate, match: Match) => matches.get(candidate)?.push(match)
  const bearing = findIds(candidates, new Set(rows.flatMap((row) => row.requestId ?? [])))
  const rest: Row[] = []
  for (const row of rows) {
    const by = bearers(row, bearing.get(row.requestId ?? '') ?? [])
    for (const one of by) put(one, { row, how: 'request id', ofCalls: by.length, ofEvents: 1 })
    if (by.length === 0) rest.push(row)
  }
  const open = planOpen(candidates, matches)
  const pairs = rest.map((row): Pair => {
    const naming = [...(open.get(keyOf(row))?.keys() ?? [])]
    return { row, meant: naming.filter((one) => isMeant(row, one)) }
  })
  const counts = countPairs(pairs)
  for (const { row, meant } of pairs)
    for (const one of meant) {
      const slots = open.get(keyOf(row))?.get(one) ?? 0
      const events = counts.get(`${one.index} ${keyOf(row)}`) ?? 1
      put(one, { row, how: 'time and call', ofCalls: meant.length, ofEvents: events > slots ? events : 1 })
    }
  return {
    calls: candidates.map(({ index: _, roles: __, ...one }, index) => {
      const own = matches.get(candidates[index] as Candidate) ?? []
      const inOrder = [...own].sort((a, b) => Date.parse(a.row.time) - Date.parse(b.row.time))
      return { ...one, matches: inOrder, missing: subtract(one.named, own) }
    }),
    alone: pairs
      .filter(({ meant }) => meant.length === 0)
      .map(({ row }) => ({ row, during: chatsAt(candidates, Date.parse(row.time)) })),
  }
}
