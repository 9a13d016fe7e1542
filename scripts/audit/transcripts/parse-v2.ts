import { listAt, type Tree, textAt, treeAt } from '../tree.ts'
import { Draft } from './draft.ts'
import { parseTree, recordsOf, timeOf } from './lines.ts'
import type { SessionFile, Transcript } from './transcript.ts'

/*
 * ~/.kiro/sessions/cli/<id>.json and <id>.jsonl. Kiro documents that the two files exist and not what is in them
 * (https://kiro.dev/docs/cli/acp/); the shape is what others have measured, from 2.6 to 2.24:
 * https://github.com/kenn-io/agentsview/pull/274
 * https://github.com/Dicklesworthstone/cross_agent_session_resumer/issues/15
 * https://github.com/k-k1/agent-fleet/blob/main/workspace/agent/internal/agents/kiro/transcript.go
 */

/** Bookkeeping of Kiro's that says nothing of calls. */
const silent = new Set(['Compaction', 'Clear', 'ResetTo'])

const textOf = (data: unknown): string =>
  listAt(data, 'content')
    .map((block) => (textAt(block, 'kind') === 'text' ? (textAt(block, 'data') ?? '') : ''))
    .filter((text) => text !== '')
    .join('\n')

const readResult = (draft: Draft, result: Tree, at: number | undefined): void => {
  const content = listAt(result, 'content')
  const exit = content.map((block) => treeAt(block, 'data').exit_status).find((one) => one !== undefined)
  draft.result(textAt(result, 'toolUseId') ?? '', textAt(result, 'status') ?? '', result.content, exit, at)
}

const readRecord = (draft: Draft, record: Tree): void => {
  const kind = textAt(record, 'kind') ?? ''
  const data = treeAt(record, 'data')
  const at = timeOf(treeAt(data, 'meta').timestamp)
  const blocks = listAt(data, 'content')
  if (kind === 'Prompt') draft.prompt(textOf(data), at)
  else if (kind === 'AssistantMessage') {
    for (const block of blocks) {
      if (textAt(block, 'kind') !== 'toolUse') continue
      const use = treeAt(block, 'data')
      draft.call(textAt(use, 'toolUseId') ?? '', textAt(use, 'name') ?? '', treeAt(use, 'input'))
    }
    draft.seen(at)
  } else if (kind === 'ToolResults') {
    for (const block of blocks)
      if (textAt(block, 'kind') === 'toolResult') readResult(draft, treeAt(block, 'data'), at)
  } else if (!silent.has(kind)) draft.strange(kind)
}

interface TurnEnd {
  readonly at: number
  readonly agent: string | undefined
}

/** Of each turn that has ended: when, and whose it was. */
const parseEnds = (meta: Tree | undefined): readonly TurnEnd[] =>
  listAt(meta, 'session_state', 'conversation_metadata', 'user_turn_metadatas')
    .flatMap((turn) => {
      const at = timeOf(textAt(turn, 'end_timestamp'))
      return at === undefined ? [] : [{ at, agent: textAt(turn, 'loop_id', 'agent_id', 'name') }]
    })
    .sort((a, b) => a.at - b.at)

export const parseV2 = (id: string, log: SessionFile, metaText: string | undefined): Transcript => {
  const meta = metaText === undefined ? undefined : parseTree(metaText)
  const draft = new Draft()
  if (metaText !== undefined && meta === undefined) draft.unreadable += 1
  for (const record of recordsOf(log.text, draft)) readRecord(draft, record)
  const ends = parseEnds(meta)
  const until = Math.max(timeOf(textAt(meta, 'updated_at')) ?? 0, log.at)
  const turns = draft.settle(
    ends.map(({ at }) => at),
    until,
  )
  const agentAt = (at: number | undefined) => ends.find((end) => at !== undefined && end.at >= at)?.agent
  return {
    ...{ id, harness: 'v2', path: log.path, cut: log.cut },
    agent: textAt(meta, 'session_state', 'agent_name') ?? ends.at(-1)?.agent,
    folder: textAt(meta, 'cwd'),
    parent: textAt(meta, 'parent_session_id'),
    from: timeOf(textAt(meta, 'created_at')) ?? turns.find(({ at }) => at !== undefined)?.at,
    until,
    turns: turns.map((turn) => ({ ...turn, agent: agentAt(turn.at) })),
    unknown: draft.unknown,
    unreadable: draft.unreadable,
  }
}
