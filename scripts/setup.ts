import { planBaseSetting } from '../config/local-base.ts'
import { type Paths, planPaths } from '../config/paths.ts'
import type { Settings } from '../config/settings.ts'
import { exitCode, UserError } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'
import type { Io } from './cli/io.ts'
import {
  type FoundTools,
  findTools,
  installTools,
  openPlace,
  renderFacts,
  type SetupIo,
} from './setup/ensure.ts'
import { findDocker, type WantedEngine } from './setup/guest-engine.ts'
import { ensureGuestTools } from './setup/guest-tools.ts'
import { neededNames, table, toolNames } from './setup/table.ts'
import type { Place, ToolName } from './setup/tool.ts'

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

/** What setup would do, or what a person has to do where it cannot. Says whether that is worth a finding. */
const sayMissing = (name: ToolName, place: Place): boolean => {
  const { title, why, optional = false } = table[name]
  const line = `${title.padEnd(width)}missing, needed ${why}`
  try {
    const plan = table[name].planInstall(place)
    place.story.warn(`${line}: would ${plan.title}${plan.command === undefined ? '' : ` (${plan.command})`}`)
    return true
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    place.story.warn(`${line}: ${error.hint ?? error.message}`)
    return !optional
  }
}

/** Guests run in it where there is no podman, which is then not missed. */
const sayDocker = async (found: FoundTools, place: Place): Promise<boolean> => {
  if (found.has('engine')) return false
  const docker = await findDocker(place.env)
  if ('reason' in docker) return false
  const line = `${'Docker'.padEnd(width)}${docker.version.padEnd(9)} ${docker.socket}`
  place.story.say(`${line} (in place of ${table.engine.title})`)
  return true
}

const look = async (place: Place, io: Io): Promise<{ found: FoundTools; code: number }> => {
  const found = await findTools(toolNames, place)
  sayFound(found, io)
  const docker = await sayDocker(found, place)
  const missing = toolNames.filter((name) => !found.has(name) && !(docker && name === 'engine'))
  const findings = missing.map((name) => sayMissing(name, place))
  return { found, code: findings.includes(true) ? exitCode.finding : exitCode.done }
}

/** Where guests cannot be had all else still works, so that is told and no failure. */
const install = async (
  io: Io & SetupIo,
  place: Place,
  engine: WantedEngine,
): Promise<{ found: FoundTools; code: number }> => {
  await installTools(neededNames, io, place)
  const guests = await ensureGuestTools(engine, io, place)
  const found = await findTools(toolNames, place)
  sayFound(found, io)
  await sayDocker(found, place)
  if ('reason' in guests)
    place.story.warn(
      `The local target runs no machines: ${guests.reason}${guests.hint === undefined ? '' : ` (${guests.hint})`}`,
    )
  return { found, code: exitCode.done }
}

/** So that nobody waits for it later; where it cannot be made that was told already. */
const buildBase = async (paths: Paths, io: SetupIo, local: Settings['local']): Promise<void> => {
  const { findMachineRequest } = await import('./local-machines.ts')
  const base = planBaseSetting(local, process.env)
  const found = await findMachineRequest({ paths, io, wanted: 'arm64', base, engine: local.engine })
  io.story.say('real' in found ? (found.sentence ?? '') : found.base.description)
}

export const command = defineCommand({
  name: 'setup',
  summary: 'find the tools the other commands need, and install what is missing',
  flags: {
    check: { type: 'boolean', about: 'only look; exit code 3 if something is missing' },
    base: { type: 'boolean', about: 'also build the base image of the machines, if there is none yet' },
    json: common.json,
    yes: common.yes,
  },
  examples: ['npm run setup', 'npm run setup -- --check', 'npm run -s setup -- --yes --json'],
  async run({ check, base, json, yes }, io) {
    const paths = planPaths(process.env)
    const place = openPlace(io, paths, process.env)
    const asking = { ...io, confirm: (question: string) => io.confirm(question), yes }
    const { loadSettings } = await import('./settings-file.ts')
    const { local } = loadSettings(paths, undefined)
    const { found, code } = check ? await look(place, io) : await install(asking, place, local.engine)
    if (base && !check) await buildBase(paths, asking, local)
    if (json) io.answer(JSON.stringify(renderFacts(found), null, 2))
    return code
  },
})
