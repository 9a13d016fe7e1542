import type { Paths } from '../../config/paths.ts'
import type { Story } from '../../config/story.ts'
import { exitCode, UserError } from '../../config/user-error.ts'
import { type FoundCache, planKey, readFoundCache, recall, remember, writeFoundCache } from './found-cache.ts'
import { findMachine } from './on-path.ts'
import { table } from './table.ts'
import type { Found, InstallPlan, Place, Tool, ToolName, ToolsOf } from './tool.ts'

export interface SetupIo {
  readonly story: Story
  readonly interactive: boolean
  /** Answers yes to what would be asked. */
  readonly yes: boolean
  /** Ends downloads; what was half done is removed. */
  readonly signal?: AbortSignal | undefined
  confirm(question: string): Promise<boolean>
}

export type FoundTools = ReadonlyMap<ToolName, Found>

export const openPlace = (
  io: Omit<SetupIo, 'yes' | 'confirm'>,
  paths: Paths,
  env: NodeJS.ProcessEnv,
): Place => ({
  paths,
  env,
  machine: findMachine(env),
  story: io.story,
  interactive: io.interactive,
  signal: io.signal,
})

const lookUp = async (
  wanted: readonly Tool[],
  place: Place,
  cache: FoundCache,
): Promise<Map<ToolName, Found>> => {
  const found = new Map<ToolName, Found>()
  for (const tool of wanted) {
    const key = planKey(tool, place)
    const known = recall(cache, key)
    const answer = known ?? (await tool.find(place))
    if (answer === undefined) continue
    found.set(tool.name, answer)
    if (known === undefined) remember(cache, key, answer)
  }
  return found
}

const pick = (wanted: readonly ToolName[]): readonly Tool[] =>
  Object.values(table).filter(({ name }) => wanted.includes(name))

/** What is there, without changing anything but the memory of it. */
export const findTools = async (wanted: readonly ToolName[], place: Place): Promise<FoundTools> => {
  const cache = readFoundCache(place.paths)
  const before = JSON.stringify([...cache])
  const found = await lookUp(pick(wanted), place, cache)
  if (JSON.stringify([...cache]) !== before) await writeFoundCache(place.paths, cache)
  return found
}

interface Missing {
  readonly tool: Tool
  readonly plan: InstallPlan
}

const askFirst = async (missing: readonly Missing[], io: SetupIo): Promise<void> => {
  const outside = missing.filter(({ plan }) => plan.outside)
  if (outside.length === 0 || io.yes || !io.interactive) return
  for (const { tool, plan } of outside)
    io.story.say(`${tool.title} is missing, needed ${tool.why}: ${plan.command ?? plan.title}`)
  const names = outside.map(({ tool }) => tool.title).join(' and ')
  if (await io.confirm(`Install ${names} on this machine?`)) return
  throw new UserError(`declined to install ${names}`, {
    exitCode: exitCode.interrupted,
    hint: outside.map(({ plan }) => plan.command ?? plan.title).join(' && '),
  })
}

const installMissing = async (missing: readonly Missing[], place: Place): Promise<Map<ToolName, Found>> => {
  const found = new Map<ToolName, Found>()
  const cache = readFoundCache(place.paths)
  for (const { tool, plan } of missing) {
    place.signal?.throwIfAborted()
    const answer = await place.story.step(`${tool.title}: ${plan.title}`, (note) => tool.install(place, note))
    found.set(tool.name, answer)
    remember(cache, planKey(tool, place), answer)
    // After each one, so that a failure of the next does not forget this one.
    await writeFoundCache(place.paths, cache)
  }
  return found
}

/** Finds and, where need be, installs. Every plan is made before the first question is asked. */
export const installTools = async (
  wanted: readonly ToolName[],
  io: SetupIo,
  place: Place,
): Promise<FoundTools> => {
  const found = await findTools(wanted, place)
  const missing = pick(wanted)
    .filter(({ name }) => !found.has(name))
    .map((tool) => ({ tool, plan: tool.planInstall(place) }))
  if (missing.length === 0) return found
  await askFirst(missing, io)
  return new Map([...found, ...(await installMissing(missing, place))])
}

/** What other commands call: afterwards everything wanted is there. Warm, it starts no process. */
export const ensureTools = async <const N extends ToolName>(
  wanted: readonly N[],
  io: SetupIo,
  paths: Paths,
  env: NodeJS.ProcessEnv,
): Promise<ToolsOf<N>> => {
  const found = await installTools(wanted, io, openPlace(io, paths, env))
  return renderFacts(found) as ToolsOf<N>
}

export const renderFacts = (found: FoundTools): Readonly<Record<string, string>> =>
  Object.assign({}, ...[...found].map(([name, answer]) => table[name].facts(answer)))
