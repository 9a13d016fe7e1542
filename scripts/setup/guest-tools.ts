import { UserError } from '../../config/user-error.ts'
import type { EngineChoice } from '../../local/engine/choice.ts'
import { findTools, installTools, renderFacts, type SetupIo } from './ensure.ts'
import { type DockerAnswer, decideEngine, findDocker, type WantedEngine } from './guest-engine.ts'
import { table } from './table.ts'
import type { Place, ToolName, ToolsOf } from './tool.ts'

export interface GuestTools extends ToolsOf<'standIn'> {
  readonly engine: EngineChoice
}

/** Either what runs guests, or why there are none and what a person can do about it. */
export type GuestToolsAnswer =
  | { readonly tools: GuestTools }
  | { readonly reason: string; readonly hint: string | undefined }

const decline = (error: unknown): GuestToolsAnswer => {
  if (!(error instanceof UserError)) throw error
  return { reason: error.message, hint: error.hint }
}

type Facts = ToolsOf<'standIn'> & Partial<ToolsOf<'engine'>>

/** What has to be there, given the engine that it will be; `docker` when that is Docker. */
const findWanted = async (
  engine: WantedEngine,
  place: Place,
): Promise<{ readonly names: readonly ToolName[]; readonly docker: DockerAnswer | undefined }> => {
  const podman = engine !== 'docker' && (await findTools(['engine'], place)).has('engine')
  const docker = engine === 'podman' || podman ? undefined : await findDocker(place.env)
  return decideEngine(engine, podman, docker !== undefined && 'socket' in docker) === 'docker'
    ? { names: ['standIn'], docker }
    : { names: ['engine', 'standIn'], docker: undefined }
}

const planTools = ({ podman = '', mmdebstrap }: Facts, docker: DockerAnswer | undefined): GuestTools => ({
  mmdebstrap,
  engine:
    docker !== undefined && 'socket' in docker
      ? { kind: 'docker', socket: docker.socket }
      : { kind: 'podman', podman },
})

const refuse = ({ reason }: { readonly reason: string }): GuestToolsAnswer => ({
  reason,
  hint: 'start Docker, or take podman: "local": { "engine": "podman" }',
})

/** Only looks: commands other than setup install nothing on a machine for what they can do without. */
export const findGuestTools = async (engine: WantedEngine, place: Place): Promise<GuestToolsAnswer> => {
  const { names, docker } = await findWanted(engine, place)
  if (docker !== undefined && 'reason' in docker) return refuse(docker)
  try {
    const found = await findTools(names, place)
    const missing = names.filter((name) => !found.has(name))
    if (missing.length === 0) return { tools: planTools(renderFacts(found) as unknown as Facts, docker) }
    // Throws where setup could not install it, with what to type instead.
    for (const name of missing) table[name].planInstall(place)
    const titles = missing.map((name) => table[name].title).join(' and ')
    return { reason: `${titles} ${missing.length > 1 ? 'are' : 'is'} not installed`, hint: 'npm run setup' }
  } catch (error) {
    return decline(error)
  }
}

/** Installs what is missing where that is possible. Not possible, declined or failed: the reason, no error. */
export const ensureGuestTools = async (
  engine: WantedEngine,
  io: SetupIo,
  place: Place,
): Promise<GuestToolsAnswer> => {
  const { names, docker } = await findWanted(engine, place)
  if (docker !== undefined && 'reason' in docker) return refuse(docker)
  try {
    const found = await installTools(names, io, place)
    return { tools: planTools(renderFacts(found) as unknown as Facts, docker) }
  } catch (error) {
    place.signal?.throwIfAborted()
    return decline(error)
  }
}
