import type { GuestHost } from '../guests/plan-container.ts'
import type { EngineChoice } from './choice.ts'
import { openDocker } from './docker.ts'
import type { Engine } from './engine.ts'
import type { EngineFlags } from './flags.ts'
import { openPodman } from './podman.ts'

export interface OpenOptions {
  /** `<state>/local` */
  readonly local: string
  readonly base: {
    readonly store: string
    readonly image: string
    readonly architecture: 'arm64' | 'x86_64'
  }
  readonly host: GuestHost
  /** Runtimes on PATH that podman may be told to take. */
  readonly runtimes: readonly string[]
  /** With which a machine booted the last time; undefined: it has to be found out. */
  readonly known: EngineFlags | undefined
  readonly log: (line: string) => void
  /** The engine is gone, and with it perhaps what it ran. */
  readonly onLost: () => void
  /** After the engine had died and answers again: its events were lost. */
  readonly onRestart: () => void
}

/** An engine that boots machines. */
export interface Opened {
  readonly engine: Engine
  readonly flags: EngineFlags
  /** `podman 4.3.1` */
  readonly title: string
  /** Leaves the containers as they are. */
  close(): Promise<void>
}

/** Why there will be no machines, for the sentence "guests are off because". */
export interface NotOpened {
  readonly reason: string
}

export const openEngine = (choice: EngineChoice, options: OpenOptions): Promise<Opened | NotOpened> =>
  choice.kind === 'podman' ? openPodman(choice.podman, options) : openDocker(choice.socket, options)
