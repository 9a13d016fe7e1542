import type { SessionFile } from '../../../scripts/audit/transcripts/transcript.ts'

/** Written by hand in the forms that others have measured; Kiro itself documents none of them. */

export const at = (time: string): number => Date.parse(`2026-11-28T${time}Z`)

export interface Use {
  readonly id: string
  readonly tool: string
  readonly input: unknown
  readonly exit?: number
  readonly output?: string
  /** V3 and classic: when the result was there. */
  readonly done?: string
}

const lines = (...records: unknown[]): string => `${records.map((one) => JSON.stringify(one)).join('\n')}\n`
const file = (path: string, text: string, cut = false): SessionFile => ({
  path,
  at: at('23:00:00'),
  text,
  cut,
})

/**
 * https://github.com/k-k1/agent-fleet/blob/main/workspace/agent/internal/agents/kiro/transcript.go (kiro-cli 2.14.1)
 * and https://github.com/kenn-io/agentsview/pull/274: only prompts bear a time, in seconds.
 */
export const v2Records = (prompt: string, time: string, uses: readonly Use[]): unknown[] => [
  {
    version: 'v1',
    kind: 'Prompt',
    data: {
      message_id: 'p',
      content: [{ kind: 'text', data: prompt }],
      meta: { timestamp: at(time) / 1000 },
    },
  },
  ...uses.flatMap(({ id, tool, input, exit, output = '' }) => [
    {
      version: 'v1',
      kind: 'AssistantMessage',
      data: {
        message_id: `a-${id}`,
        content: [
          { kind: 'text', data: '' },
          { kind: 'toolUse', data: { toolUseId: id, name: tool, input } },
        ],
      },
    },
    {
      version: 'v1',
      kind: 'ToolResults',
      data: {
        message_id: `r-${id}`,
        content: [
          {
            kind: 'toolResult',
            data: {
              toolUseId: id,
              status: 'success',
              content: [
                {
                  kind: 'json',
                  data: { exit_status: `exit status: ${exit ?? 0}`, stdout: output, stderr: '' },
                },
              ],
            },
          },
        ],
        results: {},
      },
    },
  ]),
]

/**
 * https://github.com/Dicklesworthstone/cross_agent_session_resumer/issues/15; the ends of turns and their agents as in
 * https://github.com/kenn-io/agentsview (internal/parser, Kiro).
 */
export const v2Meta = (
  id: string,
  agent: string | null,
  ends: readonly (readonly [string, string?])[] = [],
) => ({
  session_id: id,
  cwd: '/home/kiro/work',
  title: 'a chat',
  created_at: '2026-11-28T10:00:00Z',
  updated_at: '2026-11-28T12:00:00.123456789Z',
  parent_session_id: null,
  session_state: {
    agent_name: agent,
    conversation_metadata: {
      user_turn_metadatas: ends.map(([time, name]) => ({
        end_timestamp: `2026-11-28T${time}.864942506Z`,
        ...(name === undefined
          ? {}
          : { loop_id: { agent_id: { name, parent_id: null, rand: null }, rand: 1 } }),
      })),
    },
  },
})

export const v2Files = (id: string, records: readonly unknown[], meta: unknown): SessionFile[] => [
  file(`.kiro/sessions/cli/${id}.jsonl`, lines(...records)),
  file(`.kiro/sessions/cli/${id}.json`, JSON.stringify(meta)),
]

/** https://github.com/dwalleck/cyril and https://github.com/vshulcz/deja-vu: what programs that read V3 expect. */
export const v3Files = (
  id: string,
  agent: string,
  prompt: string,
  time: string,
  uses: readonly Use[],
): SessionFile[] => {
  const record = (when: string, payload: unknown) => ({
    id: 'x',
    timestamp: `2026-11-28T${when}.500Z`,
    payload,
  })
  const folder = `.kiro/sessions/0123456789abcdef/sess_${id}`
  return [
    file(
      `${folder}/messages.jsonl`,
      lines(
        record(time, { type: 'turn_start' }),
        record(time, { type: 'user', content: prompt }),
        ...uses.flatMap(
          ({ id: toolCallId, tool: toolName, input: args, exit = 0, output = '', done = time }) => [
            record(done, {
              type: 'tool_call',
              toolCallId,
              toolName,
              kind: 'execute',
              args,
              status: 'completed',
            }),
            record(done, {
              ...{ type: 'tool_result', toolCallId, success: exit === 0 },
              content: `Output:\n${output}\n\nExit Code: ${exit}`,
            }),
          ],
        ),
        record('11:59:59', { type: 'usage_summary', status: 'success', requestIds: ['req-1'] }),
      ),
    ),
    file(
      `${folder}/session.json`,
      JSON.stringify({
        ...{
          schemaVersion: '1.0.0',
          dataModelVersion: 1,
          id: `sess_${id}`,
          agentMode: agent,
          status: 'idle',
        },
        ...{ workspacePaths: ['/home/kiro/work'], createdAt: `2026-11-28T${time}Z` },
        lastModifiedAt: '2026-11-28T12:00:00Z',
      }),
    ),
  ]
}

/** https://github.com/aws/amazon-q-developer-cli/blob/main/crates/chat-cli/src/cli/chat/message.rs, as serde writes it. */
export const classicState = (id: string, prompt: string, time: string, uses: readonly Use[]) => ({
  conversation_id: id,
  next_message: null,
  history: uses.flatMap(({ id: use, tool, input, exit = 0, output = '', done = time }, index) => [
    {
      user: {
        additional_context: '',
        env_context: {},
        images: null,
        timestamp: `2026-11-28T${time}+00:00`,
        content: { Prompt: { prompt: index === 0 ? prompt : 'and then?' } },
      },
      assistant: {
        ToolUse: {
          message_id: 'm',
          content: '',
          tool_uses: [{ id: use, name: tool, orig_name: tool, args: input, orig_args: input }],
        },
      },
      request_metadata: {
        request_id: 'r',
        request_start_timestamp_ms: at(time),
        stream_end_timestamp_ms: at(time) + 500,
      },
    },
    {
      user: {
        timestamp: null,
        content: {
          ToolUseResults: {
            tool_use_results: [
              {
                tool_use_id: use,
                status: 'Success',
                content: [{ Json: { exit_status: String(exit), stdout: output, stderr: '' } }],
              },
            ],
          },
        },
      },
      assistant: { Response: { message_id: 'n', content: 'done' } },
      request_metadata: {
        request_id: 's',
        request_start_timestamp_ms: at(done),
        stream_end_timestamp_ms: at(done) + 500,
      },
    },
  ]),
  context_manager: { current_profile: 'readonly', max_context_files_size: 1, paths: [], hooks: {} },
})

export const classicFile = (state: { readonly conversation_id: string }): SessionFile =>
  file(
    '.local/share/kiro-cli/data.sqlite3',
    JSON.stringify({
      ...{ id: state.conversation_id, key: '/home/kiro/work', value: JSON.stringify(state) },
      ...{ created: at('10:00:00'), updated: at('12:00:00') },
    }),
  )
