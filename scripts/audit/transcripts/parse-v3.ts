import { listAt, type Tree, textAt, treeAt } from '../tree.ts'
import { Draft } from './draft.ts'
import { parseTree, recordsOf, timeOf } from './lines.ts'
import type { SessionFile, Transcript } from './transcript.ts'

/*
 * ~/.kiro/sessions/<hash of the folder>/sess_<id>/session.json and messages.jsonl. Kiro documents neither; the shape is
 * what programs that read them expect: https://github.com/dwalleck/cyril (crates/cyril-core, "Kas" sidecars) and
 * https://github.com/vshulcz/deja-vu (internal/sources, Kiro).
 */

/** Bookkeeping that says nothing of calls. */
const silent = new Set([
  ...['turn_start', 'turn_end', 'usage_summary', 'session_metadata', 'assistant', 'reasoning', 'thinking'],
])

const contentOf = (payload: Tree): string => {
  if (typeof payload.content === 'string') return payload.content
  return listAt(payload, 'content')
    .map((block) => textAt(block, 'text') ?? '')
    .filter((text) => text !== '')
    .join('\n')
}

const inputOf = (payload: Tree): Tree => {
  for (const name of ['args', 'arguments', 'input']) {
    const given = payload[name]
    if (typeof given === 'string') return parseTree(given) ?? { [name]: given }
    if (given !== undefined) return treeAt(payload, name)
  }
  return {}
}

const resultOf = ({ success, status }: Tree): string => {
  if (success === true) return 'success'
  if (success === false) return 'error'
  return typeof status === 'string' ? status : ''
}

const readRecord = (draft: Draft, record: Tree): void => {
  // Older builds wrote the members of the payload beside the time.
  const payload = textAt(record, 'payload', 'type') === undefined ? record : treeAt(record, 'payload')
  const kind = textAt(payload, 'type') ?? textAt(payload, 'role') ?? ''
  const at = timeOf(record.timestamp)
  const id = textAt(payload, 'toolCallId') ?? ''
  if (kind === 'user') draft.prompt(contentOf(payload), at)
  // A call is kept once it is done, so what came before it says when it may have begun.
  else if (kind === 'tool_call') draft.call(id, textAt(payload, 'toolName') ?? '', inputOf(payload))
  else if (kind === 'tool_result') draft.result(id, resultOf(payload), payload.content, payload.exitCode, at)
  else if (silent.has(kind)) draft.seen(at)
  else draft.strange(kind)
}

export const parseV3 = (id: string, log: SessionFile, metaText: string | undefined): Transcript => {
  const meta = metaText === undefined ? undefined : parseTree(metaText)
  const draft = new Draft()
  if (metaText !== undefined && meta === undefined) draft.unreadable += 1
  for (const record of recordsOf(log.text, draft)) readRecord(draft, record)
  const until = Math.max(timeOf(textAt(meta, 'lastModifiedAt')) ?? 0, log.at)
  const turns = draft.settle([], until)
  const folder = listAt(meta, 'workspacePaths').find((one) => typeof one === 'string')
  return {
    ...{ id, harness: 'v3', path: log.path, cut: log.cut },
    agent: textAt(meta, 'agentMode'),
    folder: typeof folder === 'string' ? folder : undefined,
    parent: textAt(meta, 'parentSessionId'),
    from: timeOf(textAt(meta, 'createdAt')) ?? turns.find(({ at }) => at !== undefined)?.at,
    until,
    turns,
    unknown: draft.unknown,
    unreadable: draft.unreadable,
  }
}
