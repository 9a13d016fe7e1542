import { listAt, type Tree, textAt, treeAt } from '../tree.ts'
import { Draft } from './draft.ts'
import { parseTree, timeOf } from './lines.ts'
import type { SessionFile, Transcript } from './transcript.ts'

/*
 * Rows of the tables conversations_v2 and conversations in data.sqlite3, as classic.py prints them. The value is the
 * ConversationState of the open predecessor, whose names serde spells:
 * https://github.com/aws/amazon-q-developer-cli/blob/main/crates/chat-cli/src/cli/chat/conversation.rs
 * https://github.com/aws/amazon-q-developer-cli/blob/main/crates/chat-cli/src/cli/chat/message.rs
 */

const readResults = (draft: Draft, content: Tree, at: number | undefined): void => {
  const answered = ['ToolUseResults', 'CancelledToolUses'].flatMap((kind) =>
    listAt(content, kind, 'tool_use_results'),
  )
  for (const result of answered) {
    const blocks = listAt(result, 'content')
    const exit = blocks.map((block) => treeAt(block, 'Json').exit_status).find((one) => one !== undefined)
    const status = (textAt(result, 'status') ?? '').toLowerCase()
    draft.result(textAt(result, 'tool_use_id') ?? '', status, blocks, exit, at)
  }
}

const readEntry = (draft: Draft, entry: unknown): void => {
  const user = treeAt(entry, 'user')
  const content = treeAt(user, 'content')
  const request = treeAt(entry, 'request_metadata')
  const asked = timeOf(user.timestamp) ?? timeOf(request.request_start_timestamp_ms)
  readResults(draft, content, asked)
  const prompt = textAt(content, 'Prompt', 'prompt') ?? textAt(content, 'CancelledToolUses', 'prompt')
  if (prompt !== undefined) draft.prompt(prompt, asked)
  else if (
    Object.keys(content).length > 0 &&
    !('ToolUseResults' in content) &&
    !('CancelledToolUses' in content)
  )
    draft.strange(Object.keys(content)[0] ?? '')
  draft.seen(timeOf(request.stream_end_timestamp_ms) ?? asked)
  for (const use of listAt(entry, 'assistant', 'ToolUse', 'tool_uses'))
    draft.call(
      textAt(use, 'id') ?? '',
      textAt(use, 'orig_name') ?? textAt(use, 'name') ?? '',
      treeAt(use, Object.hasOwn(treeAt(use), 'orig_args') ? 'orig_args' : 'args'),
    )
}

/** @param row of classic.py: {"id", "key", "updated", "value"} */
export const parseClassic = (row: SessionFile): Transcript | undefined => {
  const found = parseTree(row.text)
  const state = parseTree(textAt(found, 'value') ?? '')
  if (found === undefined || state === undefined) return undefined
  const draft = new Draft()
  for (const entry of listAt(state, 'history')) readEntry(draft, entry)
  const until = timeOf(found.updated) ?? row.at
  const turns = draft.settle([], until)
  return {
    ...{ id: textAt(state, 'conversation_id') ?? textAt(found, 'id') ?? '', harness: 'classic' },
    ...{ path: row.path, cut: row.cut, parent: undefined, until, turns },
    agent: textAt(state, 'context_manager', 'current_profile'),
    folder: textAt(found, 'key'),
    from: timeOf(found.created) ?? turns.find(({ at }) => at !== undefined)?.at,
    unknown: draft.unknown,
    unreadable: draft.unreadable,
  }
}
