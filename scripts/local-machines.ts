import { type BaseSetting, planBaseSetting } from '../config/local-base.ts'
import type { Paths } from '../config/paths.ts'
import type { Settings } from '../config/settings.ts'
import type { Story } from '../config/story.ts'
import { exitCode, UserError } from '../config/user-error.ts'
import type { Architecture } from '../local/base/architecture.ts'
import { titleOf } from '../local/engine/choice.ts'
import type { GuestState } from '../local/guests/guests.ts'
import type { GuestRequest } from '../local/guests/switched.ts'
import type { SetupIo } from './setup/ensure.ts'
import type { WantedEngine } from './setup/guest-engine.ts'
import type { MachineNotice, TargetRequest } from './target.ts'

/** What a person reads where instances are entries in the books. */
const withoutMachines = (reason: string, hint?: string): MachineNotice => ({
  real: false,
  sentence: `Guests are off, an instance is an entry in the books: ${reason}${hint === undefined ? '' : ` (${hint})`}`,
})

export const renderMachines = (state: GuestState): MachineNotice => {
  if (state.kind === 'off') return withoutMachines(state.reason)
  if (state.kind === 'starting') return { real: true, sentence: undefined }
  const { base, note } = state.request
  return { real: true, sentence: [base.description, ...(note === null ? [] : [note])].join('. ') }
}

/** Machines stay where they are: another engine in the settings changes nothing for those that are on. */
export const renderRunning = (state: GuestState, wanted: WantedEngine): MachineNotice => {
  const notice = renderMachines(state)
  if (state.kind !== 'on' || wanted === 'auto' || wanted === state.request.engine.kind) return notice
  const [now, next] = [titleOf(state.request.engine.kind), titleOf(wanted)]
  const sentence = `Machines run in ${now}, and will in ${next} after npm run local:reset`
  return { ...notice, sentence: [notice.sentence, sentence].filter((one) => one !== undefined).join('. ') }
}

/** As the daemon says; starts and makes nothing. */
export const findLocalMachines = async (paths: Paths): Promise<MachineNotice> => {
  const { findGuestState } = await import('../local/control/turn-on-guests.ts')
  const state = await findGuestState(paths.local)
  return state === undefined ? withoutMachines('the local target does not run') : renderMachines(state)
}

export interface MachineNeeds {
  readonly paths: Paths
  readonly io: SetupIo
  readonly wanted: Architecture
  readonly base: BaseSetting
  readonly engine: WantedEngine
}

/** Engine and base image of this machine, or why there are none. */
export const findMachineRequest = async ({
  paths,
  io,
  wanted,
  base: setting,
  engine,
}: MachineNeeds): Promise<GuestRequest | MachineNotice> => {
  const { openPlace } = await import('./setup/ensure.ts')
  const { ensureGuestTools } = await import('./setup/guest-tools.ts')
  const { listOnPath } = await import('./setup/on-path.ts')
  const { decideArchitecture } = await import('../local/base/architecture.ts')
  const { readBinfmt } = await import('../local/base/binfmt.ts')
  const { ensureBase } = await import('../local/base/ensure.ts')
  const choice = decideArchitecture(wanted, process.arch, readBinfmt())
  if (choice === undefined) return withoutMachines(`there is no base image for ${process.arch}`)
  const answer = await ensureGuestTools(engine, io, openPlace(io, paths, process.env))
  if ('reason' in answer) return withoutMachines(answer.reason, answer.hint)
  const { tools } = answer
  const { architecture } = choice
  const make = () =>
    ensureBase({
      ...{ paths, architecture, setting, engine: tools.engine },
      ...{ story: io.story, signal: io.signal },
    })
  // Who names Amazon Linux wants no machines of another kind, and none in the books.
  const base = await (setting === 'amazon-linux' ? make() : findOrBuild(make))
  if ('real' in base) return base
  return {
    engine: tools.engine,
    base,
    note: choice.note ?? null,
    runtimes: ['runc', 'crun'].filter((name) => listOnPath(name, process.env).length > 0),
  }
}

/** Without packages, rights or space for a base image everything but the machines still works. */
const findOrBuild = async <T>(build: () => Promise<T>): Promise<T | MachineNotice> => {
  try {
    return await build()
  } catch (error) {
    if (!(error instanceof UserError) || error.exitCode === exitCode.interrupted) throw error
    return withoutMachines(error.message, error.hint)
  }
}

export const planWantedArchitecture = (settings: Settings): Architecture =>
  settings.local.architecture === 'arm64' || process.arch === 'arm64' ? 'arm64' : 'x86_64'

const isNotice = (found: GuestRequest | MachineNotice): found is MachineNotice => 'real' in found

/** A daemon that has just come up brings the machines of the last time back first. */
const waitWhileStarting = async (
  find: () => Promise<GuestState | undefined>,
): Promise<GuestState | undefined> => {
  for (;;) {
    const state = await find()
    if (state?.kind !== 'starting') return state
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Where any kind will do, an Amazon Linux that does not boot on this computer must not cost the machines. */
const switchOn = async (needs: MachineNeeds): Promise<MachineNotice> => {
  const { turnOnGuests } = await import('../local/control/turn-on-guests.ts')
  const { paths, base, io } = needs
  const found = await findMachineRequest(needs)
  if (isNotice(found)) return found
  const turn = (request: GuestRequest) =>
    io.story.step('Switch on the machines of the local target', () => turnOnGuests(paths.local, request))
  const state = await turn(found)
  if (state.kind !== 'off' || base !== 'auto' || found.base.kind !== 'amazon-linux')
    return renderMachines(state)
  io.story.warn(`${found.base.description}: ${state.reason}. The stand-in made of Debian is tried instead`)
  const other = await findMachineRequest({ ...needs, base: 'stand-in' })
  if (isNotice(other)) return other
  const second = await turn(other)
  const { rejectBase } = await import('../local/base/reject.ts')
  if (second.kind === 'on') await rejectBase(found.base)
  return renderMachines(second)
}

/**
 * Switches the machines of the local target on, and makes what they need, once per machine. Never fails for want
 * of an engine: without machines everything but what runs on them still works.
 */
export const prepareLocalMachines = async (request: TargetRequest, story: Story): Promise<MachineNotice> => {
  const { paths, settings } = request
  const { findGuestState } = await import('../local/control/turn-on-guests.ts')
  if (settings.local.machines === 'off') return withoutMachines('local.machines is "off" in the settings')
  const now = await waitWhileStarting(() => findGuestState(paths.local))
  if (now !== undefined && now.kind !== 'off') return renderRunning(now, settings.local.engine)
  const io = { ...request.io, story, yes: request.yes }
  const base = planBaseSetting(settings.local, process.env)
  return switchOn({
    paths,
    io,
    wanted: planWantedArchitecture(settings),
    base,
    engine: settings.local.engine,
  })
}
