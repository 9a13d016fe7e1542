import { usageError } from '../config/user-error.ts'
import { printable } from '../config/user-name.ts'
import { common, defineCommand } from './cli/command.ts'

const parseLines = (value: string | undefined): number => {
  if (value === undefined) return 100
  if (/^[1-9]\d{0,6}$/.test(value)) return Number(value)
  throw usageError(
    `--lines "${printable(value)}" is not a number of lines`,
    'npm run local:logs -- --lines 500',
  )
}

export const command = defineCommand({
  name: 'local:logs',
  summary: 'show the calls that the embedded local target has answered',
  flags: {
    follow: { type: 'boolean', about: 'go on showing calls until Ctrl-C' },
    errors: { type: 'boolean', about: 'only calls that were refused or failed' },
    raw: { type: 'boolean', about: 'the log of the processes instead: starts, stops, faults' },
    lines: { type: 'string', value: 'number', about: 'how many lines back (100)' },
    json: common.json,
  },
  examples: [
    'npm run local:logs -- --follow',
    'npm run local:logs -- --errors',
    'npm run -s local:logs -- --json | jq .parameters',
  ],
  run: async (flags, io) => {
    const { planPaths } = await import('../config/paths.ts')
    const { journalFiles, logFiles, tailLines } = await import('../local/control/journal-file.ts')
    const { parseRecord, renderRecord } = await import('../local/control/render-journal.ts')
    const folder = planPaths(process.env).local
    const files = flags.raw ? logFiles(folder) : journalFiles(folder)
    const wanted = parseLines(flags.lines)
    // Filtered lines count only when they are shown, so the filter comes before the cut.
    const keep = (line: string): boolean =>
      flags.raw || (flags.errors ? (parseRecord(line)?.status ?? 0) >= 400 : parseRecord(line) !== undefined)
    const render = (line: string): string => {
      const record = flags.raw || flags.json ? undefined : parseRecord(line)
      return record === undefined ? line : renderRecord(record)
    }
    let shown = 0
    for await (const line of tailLines({
      ...files,
      lines: wanted,
      keep,
      follow: flags.follow,
      signal: io.signal,
    })) {
      io.answer(render(line))
      shown += 1
    }
    if (shown === 0) io.story.say(flags.errors ? 'no call was refused or failed' : 'nothing yet')
    return undefined
  },
})
