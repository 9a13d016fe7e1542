import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { parseSettings } from '../../config/parse-settings.ts'
import { type Paths, planPaths } from '../../config/paths.ts'
import { localAccountId } from '../../config/pins.ts'
import { planNetworkSpec } from '../../config/plan-specs.ts'
import { decidePriceNotice, renderDollars } from '../../config/prices.ts'
import { defaultSettings, type Settings } from '../../config/settings.ts'
import { exitCode, usageError } from '../../config/user-error.ts'
import { type Data, renderDiff } from '../../config/versions.ts'
import { writeBytes } from '../../home/files.ts'
import { askFor } from '../cli/ask.ts'
import type { Io } from '../cli/io.ts'
import { findProblems } from '../network/check-ground.ts'
import type { Problem } from '../network/ground.ts'
import { type Completion, completeWishes } from './complete.ts'
import { findChosen } from './find-choices.ts'
import { type ChosenGround, planPrice, planSettings } from './plan-file.ts'
import { type InitFlags, parseWishes, type Wishes } from './wishes.ts'

interface Found {
  readonly file: string
  readonly text: string | undefined
  readonly data: Data
  readonly settings: Settings
}

/** The file that will be written, and what stands in it. One with mistakes is refused: it would be lost. */
const findFile = (paths: Paths, named: string | undefined): Found => {
  const chosen = named ?? process.env.KIRO_SANDBOX_CONFIG
  const file = chosen === undefined ? join(paths.root, 'sandbox.config.json') : resolve(chosen)
  if (!existsSync(dirname(file)))
    throw usageError(`the folder of ${file} does not exist`, `mkdir -p ${dirname(file)}`)
  if (!existsSync(file)) return { file, text: undefined, data: {}, settings: defaultSettings() }
  const text = readFileSync(file, 'utf8')
  return { file, text, settings: parseSettings(text, file), data: JSON.parse(text) as Data }
}

/** As an editor finds it from the settings file. */
const schemaFor = (paths: Paths, file: string): string => {
  const way = relative(dirname(file), join(paths.root, 'config', 'settings.schema.json'))
  return (way.startsWith('.') ? way : `./${way}`).split(sep).join('/')
}

const groundOf = async ({ wishes, caller }: Completion): Promise<ChosenGround | undefined> =>
  caller === undefined || wishes.network === undefined || wishes.network === 'managed'
    ? undefined
    : findChosen(caller.sdk, wishes.network === 'existing' ? wishes.vpcId : undefined, wishes.subnetIds)

const problemsOf = async ({ caller }: Completion, settings: Settings): Promise<Problem[]> =>
  caller === undefined
    ? []
    : findProblems(caller.sdk, planNetworkSpec(settings, settings.accountId ?? localAccountId))

const tellPrice = (settings: Settings, io: Io): void => {
  io.story.say('')
  if (settings.target === 'local') {
    io.story.say('On this computer nothing of it costs anything.')
    return
  }
  const { lines, monthly } = planPrice(settings)
  const notice = decidePriceNotice(settings.region, new Date())
  io.story.say('What would be made of this costs a month:')
  for (const line of lines) io.story.say(`  ${renderDollars(line.monthly).padStart(8)}  ${line.what}`)
  io.story.say(`  ${renderDollars(monthly).padStart(8)}  in all, with one engineer`)
  for (const sentence of notice.sentences) io.story.warn(sentence)
  io.story.say(`List prices of ${notice.asOf}; traffic and logs come on top: npm run cost -- --networks`)
}

const tellNext = ({ target }: Settings, { network }: Wishes, io: Io): void => {
  io.story.say('')
  io.story.say('next:')
  // Of the local target sandbox:up makes the state bucket by itself.
  if (target === 'aws') for (const line of ['npm run doctor', 'npm run bootstrap']) io.story.say(`  ${line}`)
  io.story.say(`  npm run sandbox:up -- --user <name>${network === undefined ? '' : ' --plan'}`)
}

export const runInit = async (flags: InitFlags, io: Io): Promise<number> => {
  const wished = parseWishes(flags)
  const paths = planPaths(process.env)
  const found = findFile(paths, flags.config)
  const asks = io.interactive && !flags.yes && !flags.json
  const done = await completeWishes(wished, {
    ...{ settings: found.settings, known: found.text !== undefined, paths, io, asks },
    yes: flags.yes,
  })
  if (done.wishes.target === 'aws' && done.wishes.accountId === undefined)
    throw usageError('--target aws needs --account, or credentials that say which one', 'aws sso login')
  const data = planSettings(found.data, done.wishes, await groundOf(done), schemaFor(paths, found.file))
  const text = `${JSON.stringify(data, null, 2)}\n`
  const settings = parseSettings(text, found.file)
  const problems = await problemsOf(done, settings)
  const diff = renderDiff(found.data, data)
  const written = await write({ found, text, diff, settings, problems }, flags, io)
  if (flags.json)
    io.answer(
      JSON.stringify({
        file: found.file,
        settings: data,
        diff,
        price: settings.target === 'local' ? null : planPrice(settings),
        problems,
        written,
      }),
    )
  if (written) tellNext(settings, done.wishes, io)
  return problems.length > 0 ? exitCode.finding : exitCode.done
}

interface Planned {
  readonly found: Found
  readonly text: string
  readonly diff: readonly string[]
  readonly settings: Settings
  readonly problems: readonly Problem[]
}

/** Shows everything before it asks. True: the file was written. */
const write = async (planned: Planned, flags: InitFlags, io: Io): Promise<boolean> => {
  const { found, text, diff, settings, problems } = planned
  if (found.text !== undefined && diff.length === 0) {
    io.story.say(`${found.file} says so already`)
    return false
  }
  io.story.say(found.text === undefined ? `${found.file} would be new:` : `${found.file} would change:`)
  if (!flags.json) io.answer(found.text === undefined ? text.trimEnd() : diff.join('\n'))
  tellPrice(settings, io)
  for (const { message, hint } of problems) io.story.warn(`${message} (${hint})`)
  if (flags.plan) return false
  // A new file takes nothing from anybody; at a terminal a person has the last word all the same.
  if (found.text !== undefined || (io.interactive && !flags.json))
    await askFor(io, flags.yes, `write ${found.file}`)
  writeBytes(found.file, Buffer.from(text).toString('latin1'), found.text === undefined ? 0o644 : undefined)
  io.story.say(`written: ${found.file}; nothing was created`)
  return true
}
