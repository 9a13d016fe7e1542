import { exitCode } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'

const name = 'audit:transcripts'

export const command = defineCommand({
  name,
  summary:
    "join Kiro's own chats with CloudTrail: which agent asked for which call, secrets redacted; the form of its files is undocumented",
  flags: {
    user: common.user,
    since: { type: 'string', value: 'time', about: 'how far back: 30m, 24h (default), up to 90d' },
    region: {
      type: 'string',
      value: 'region',
      about: 'calls made in this region, too, or in all; may be repeated',
      multiple: true,
    },
    'event-data-store': {
      type: 'string',
      value: 'arn or name',
      about: 'ask a store of CloudTrail Lake instead of event history',
    },
    session: { type: 'string', value: 'id', about: 'only this chat; the beginning of its id will do' },
    writes: { type: 'boolean', about: 'only calls that change something' },
    denied: { type: 'boolean', about: 'only calls that IAM refused' },
    from: {
      type: 'string',
      value: 'folder',
      about: 'a copy of ~/.kiro from a laptop or a dead machine, instead of the sandbox',
    },
    json: common.json,
    target: common.target,
    config: common.config,
  },
  examples: [
    'npm run audit:transcripts -- --user alice',
    'npm run audit:transcripts -- --user alice --since 7d --denied',
    'npm run audit:transcripts -- --user alice --from ./copy-of-dot-kiro',
    "npm run -s audit:transcripts -- --user alice --json | jq '.withoutToolCall[].call'",
  ],
  run: async (flags, io) => {
    const { openContext, renderCommand } = await import('./sandbox/context.ts')
    const { parseAsking } = await import('./audit/parse-asking.ts')
    const { user, ...asking } = parseAsking(name, flags)
    const context = await openContext(renderCommand(name, [user]), flags, io)
    const { runTranscripts } = await import('./audit/transcripts/run-transcripts.ts')
    const { json, writes, denied, session, from, config } = flags
    await runTranscripts(context, user, {
      ...{ ...asking, json, writes, denied, session, from, config },
    })
    return exitCode.done
  },
})
