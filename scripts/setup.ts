import { planPaths } from '../config/paths.ts'
import { exitCode, UserError } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'
import type { Io } from './cli/io.ts'
import { type FoundTools, findTools, installTools, openPlace, renderFacts } from './setup/ensure.ts'
import { table, toolNames } from './setup/table.ts'
import type { Place } from './setup/tool.ts'

const width = Math.max(...toolNames.map((name) => table[name].title.length)) + 2

const sayFound = (found: FoundTools, io: Io): void => {
  for (const name of toolNames) {
    const answer = found.get(name)
    if (answer === undefined) continue
    io.story.say(
      `${table[name].title.padEnd(width)}${answer.version.padEnd(9)} ${answer.path} (${answer.origin})`,
    )
  }
}

/** What setup would do, or what a person has to do where it cannot. */
const sayMissing = (found: FoundTools, place: Place): number => {
  const missing = toolNames.filter((name) => !found.has(name))
  for (const name of missing) {
    const { title, why } = table[name]
    const line = `${title.padEnd(width)}missing, needed ${why}`
    try {
      const plan = table[name].planInstall(place)
      place.story.warn(
        `${line}: would ${plan.title}${plan.command === undefined ? '' : ` (${plan.command})`}`,
      )
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      place.story.warn(`${line}: ${error.hint ?? error.message}`)
    }
  }
  return missing.length === 0 ? exitCode.done : exitCode.finding
}

export const command = defineCommand({
  name: 'setup',
  summary: 'find the tools the other commands need, and install what is missing',
  flags: {
    check: { type: 'boolean', about: 'only look; exit code 3 if something is missing' },
    json: common.json,
    yes: common.yes,
  },
  examples: ['npm run setup', 'npm run setup -- --check', 'npm run -s setup -- --yes --json'],
  async run({ check, json, yes }, io) {
    const place = openPlace(io, planPaths(process.env), process.env)
    const found = check
      ? await findTools(toolNames, place)
      : await installTools(toolNames, { ...io, confirm: (question) => io.confirm(question), yes }, place)
    sayFound(found, io)
    const code = sayMissing(found, place)
    if (json) io.answer(JSON.stringify(renderFacts(found), null, 2))
    return code
  },
})
