import { exitCode, usageError } from '../config/user-error.ts'
import { roles } from './audit/subject.ts'
import { common, defineCommand } from './cli/command.ts'

const name = 'audit'

export const command = defineCommand({
  name,
  summary:
    "tell an engineer's story from CloudTrail: calls, denials, elevation windows, sessions, tunnels, images",
  flags: {
    user: common.user,
    since: {
      type: 'string',
      value: 'time',
      about: 'how far back: 30m, 24h (default), up to 90d; with a store as far as it goes',
    },
    writes: { type: 'boolean', about: 'only calls that change something' },
    denied: { type: 'boolean', about: 'only calls that IAM refused' },
    role: { type: 'string', value: 'role', about: `only calls as ${roles.join(', ')}`, choices: [...roles] },
    region: {
      type: 'string',
      value: 'region',
      about: 'ask there, too; may be repeated; all: wherever the account may be used',
      multiple: true,
    },
    'event-data-store': {
      type: 'string',
      value: 'arn or name',
      about: 'ask CloudTrail Lake, which AWS opens to no new customers since May 2026; bills what is scanned',
    },
    follow: { type: 'boolean', about: 'go on until Ctrl-C; AWS shows an event some minutes late' },
    json: { type: 'boolean', about: 'one JSON object a line, newest first, of any number of events' },
    csv: { type: 'boolean', about: 'the same as comma separated values' },
    html: { type: 'string', value: 'file', about: 'write one page with a picture, filter and search' },
    target: common.target,
    config: common.config,
  },
  examples: [
    'npm run audit -- --user alice',
    'npm run audit -- --user alice --since 7d --denied',
    'npm run -s audit -- --user alice --since 90d --json | jq .call',
    'npm run audit -- --user alice --since 7d --html alice.html',
    'npm run audit -- --user alice --since 400d --writes --event-data-store company-events',
  ],
  run: async (flags, io) => {
    const { openContext, renderCommand } = await import('./sandbox/context.ts')
    const { parseAsking } = await import('./audit/parse-asking.ts')
    const { user, ...asking } = parseAsking(name, flags)
    const forms = [flags.json, flags.csv, flags.html !== undefined].filter(Boolean)
    if (forms.length > 1) throw usageError('--json, --csv and --html are three answers: take one')
    if (flags.follow && (flags.csv || flags.html !== undefined))
      throw usageError('--follow goes with --json or with the plain timeline')
    if (asking.store !== undefined && flags.follow)
      throw usageError('--follow goes by event history: each look into an event data store would be paid for')
    const context = await openContext(renderCommand(name, [user]), flags, io)
    const { runAudit } = await import('./audit/run-audit.ts')
    const role = roles.find((one) => one === flags.role)
    await runAudit(context, user, {
      ...asking,
      ...{ follow: flags.follow, html: flags.html },
      form: flags.json ? 'json' : flags.csv ? 'csv' : 'text',
      wanted: { writes: flags.writes, denied: flags.denied, role },
    })
    return exitCode.done
  },
})
