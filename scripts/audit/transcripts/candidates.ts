import type { Row } from '../row.ts'
import type { Role } from '../subject.ts'
import { type NamedCall, namedCalls } from './aws-words.ts'
import { callKey } from './service-names.ts'
import type { ToolCall, Transcript, Turn } from './transcript.ts'

/** Event times are whole seconds, and those of V2 as well; clocks are never the same. */
const slack = 2000

/** A tool call that may have made calls of AWS. */
export interface Candidate {
  readonly index: number
  readonly transcript: Transcript
  readonly turn: Turn
  readonly call: ToolCall
  readonly named: readonly NamedCall[]
  readonly roles: ReadonlySet<Role>
}

/** As whom a call can have been made, if that is known. On a laptop all of Kiro's roles are logins of the person. */
const rolesOf = (agent: string | undefined, profile: string | undefined): readonly Role[] => {
  const name = profile ?? agent ?? ''
  if (/(^|-)elevated$/.test(name)) return ['elevated', 'login']
  if (/(^|-)readonly$/.test(name)) return ['readonly', 'login']
  return ['readonly', 'elevated', 'login']
}

const planCandidate = (transcript: Transcript, turn: Turn, call: ToolCall): Omit<Candidate, 'index'> => {
  const named = namedCalls(call)
  const agent = turn.agent ?? transcript.agent
  const profiles = named.length === 0 ? [undefined] : named.map(({ profile }) => profile)
  return {
    transcript,
    turn,
    call,
    named,
    roles: new Set(profiles.flatMap((profile) => rolesOf(agent, profile))),
  }
}

export const candidatesOf = (transcripts: readonly Transcript[]): readonly Candidate[] =>
  transcripts
    .flatMap((transcript) =>
      transcript.turns.flatMap((turn) => turn.calls.map((call) => planCandidate(transcript, turn, call))),
    )
    .map((candidate, index) => ({ ...candidate, index }))

export const keyOf = (row: Row): string => {
  const at = row.call.indexOf(':')
  return callKey(row.call.slice(0, at), row.call.slice(at + 1))
}

export const isDuring = (at: number, { from, until }: Pick<ToolCall, 'from' | 'until'>): boolean =>
  from !== undefined && until !== undefined && at >= from - slack && at <= until + slack

/** S3 has 16 letters and digits, most others a UUID. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html */
const idLike = /[A-Za-z0-9][A-Za-z0-9-]{14,}[A-Za-z0-9]/g

/** Which tool calls' output bears which of these ids. */
export const findIds = (
  candidates: readonly Candidate[],
  ids: ReadonlySet<string>,
): Map<string, Candidate[]> => {
  const found = new Map<string, Candidate[]>()
  for (const candidate of candidates) {
    const own = new Set<string>()
    for (const text of candidate.call.output)
      for (const [id] of text.matchAll(idLike)) if (ids.has(id)) own.add(id)
    for (const id of own) found.set(id, [...(found.get(id) ?? []), candidate])
  }
  return found
}

/** An output may also list what others did: the time has to agree, and a call that names it comes first. */
export const bearers = (row: Row, all: readonly Candidate[]): readonly Candidate[] => {
  const at = Date.parse(row.time)
  const fit = all.filter(
    ({ call }) => (call.from === undefined && call.until === undefined) || isDuring(at, call),
  )
  const naming = fit.filter(({ named }) => named.some(({ key }) => key === keyOf(row)))
  return naming.length > 0 ? naming : fit
}

/** Service and operation agree already; role and time have to as well. */
export const isMeant = (row: Row, { call, roles }: Candidate): boolean =>
  roles.has(row.role) && isDuring(Date.parse(row.time), call)

export const chatsAt = (candidates: readonly Candidate[], at: number): string[] => [
  ...new Set(candidates.filter(({ call }) => isDuring(at, call)).map(({ transcript }) => transcript.id)),
]
