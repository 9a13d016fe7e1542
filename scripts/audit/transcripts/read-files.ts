import { parseClassic } from './parse-classic.ts'
import { parseV2 } from './parse-v2.ts'
import { parseV3 } from './parse-v3.ts'
import type { SessionFile, Transcript } from './transcript.ts'

export interface Parsed {
  readonly transcripts: readonly Transcript[]
  /** Files that are no chats of Kiro's. */
  readonly strange: readonly string[]
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
const sessFolder = /(?:^|\/)(sess_[^/]+)(?:\/|$)/

/** V3 keeps the chats of its subagents in the folder of the one that started them. */
const parseBelow = (file: SessionFile, id: string, files: ReadonlyMap<string, SessionFile>): Transcript => {
  const meta = files.get(`${parentOf(file.path)}/session.json`)?.text
  const rest = file.path.slice(file.path.indexOf(id) + id.length + 1)
  if (rest === 'messages.jsonl') return parseV3(id, file, meta)
  const below = rest.replace(/\/messages\.jsonl$|\.jsonl$/, '')
  return {
    ...parseV3(`${id}/${below}`, file, rest.endsWith('/messages.jsonl') ? meta : undefined),
    parent: id,
  }
}

const parseFile = (file: SessionFile, files: ReadonlyMap<string, SessionFile>): Transcript | undefined => {
  const { path } = file
  if (path.endsWith('.sqlite3')) return parseClassic(file)
  const sess = sessFolder.exec(parentOf(path))?.[1]
  if (sess !== undefined) return parseBelow(file, sess, files)
  return parseV2(nameOf(path).replace(/\.jsonl$/, ''), file, files.get(path.replace(/l$/, ''))?.text)
}

/** The chat of a turn that was resumed under the classic one lies in both places: the newer of the two counts. */
const newest = (transcripts: readonly Transcript[]): Transcript[] => {
  const kept = new Map<string, Transcript>()
  for (const one of transcripts) {
    const known = kept.get(one.id)
    if (known === undefined || (one.until ?? 0) > (known.until ?? 0)) kept.set(one.id, one)
  }
  return [...kept.values()]
}

export const parseFiles = (list: readonly SessionFile[]): Parsed => {
  const files = new Map(list.map((file) => [file.path, file]))
  const strange: string[] = []
  const found: Transcript[] = []
  // Rows of one database share its path, so the list is gone through and not the map.
  for (const file of list) {
    if (!/\.(jsonl|sqlite3)$/.test(file.path)) continue
    const transcript = parseFile(file, files)
    const says = transcript !== undefined && (transcript.turns.length > 0 || transcript.unknown.size > 0)
    if (says) found.push(transcript)
    else if (transcript === undefined || transcript.unreadable > 0) strange.push(file.path)
  }
  return { transcripts: newest(found).sort((a, b) => (a.from ?? 0) - (b.from ?? 0)), strange }
}
