import { planBaseSetting } from '../../config/local-base.ts'
import type { Paths } from '../../config/paths.ts'
import type { Settings } from '../../config/settings.ts'
import { type Choice, decideArchitecture } from '../../local/base/architecture.ts'
import { readBinfmt } from '../../local/base/binfmt.ts'
import { chooseBase } from '../../local/base/choose.ts'
import { type Base, findBases } from '../../local/base/find.ts'
import { findGuestState } from '../../local/control/turn-on-guests.ts'
import type { GuestState } from '../../local/guests/guests.ts'
import { planGuestPlace } from '../../local/guests/place.ts'
import { readSwitched, type Switched } from '../../local/guests/switched.ts'
import type { Io } from '../cli/io.ts'
import { planWantedArchitecture } from '../local-machines.ts'
import { openPlace } from '../setup/ensure.ts'
import { findGuestTools, type GuestToolsAnswer } from '../setup/guest-tools.ts'

/** What is known about machines here, without starting or installing anything. */
export interface MachineFacts {
  readonly setting: Settings['local']['machines']
  readonly tools: GuestToolsAnswer
  readonly choice: Choice | undefined
  readonly base: Base | undefined
  /** How the engine was called the last time it booted a machine. */
  readonly switched: Switched | undefined
  /** Of the daemon; undefined when none runs. */
  readonly state: GuestState | undefined
}

export const findMachineFacts = async (paths: Paths, settings: Settings, io: Io): Promise<MachineFacts> => {
  const choice = decideArchitecture(planWantedArchitecture(settings), process.arch, readBinfmt())
  const tools = await findGuestTools(settings.local.engine, openPlace(io, paths, process.env))
  const engine = 'tools' in tools ? tools.tools.engine : ({ kind: 'podman' } as const)
  return {
    setting: settings.local.machines,
    tools,
    choice,
    base:
      choice === undefined
        ? undefined
        : chooseBase(
            planBaseSetting(settings.local, process.env),
            findBases({ paths, architecture: choice.architecture, engine }),
          ),
    switched: readSwitched(planGuestPlace(paths.local).switched),
    state: await findGuestState(paths.local),
  }
}
