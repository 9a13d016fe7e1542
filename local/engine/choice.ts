/** Which engine runs the guests of a local target, and where it is. */
export type EngineChoice =
  | {
      readonly kind: 'podman'
      /** Absolute path of the program; its service is started by us, on a store of ours. */
      readonly podman: string
    }
  | {
      readonly kind: 'docker'
      /** Of the daemon that this computer has. It is never started by us, and its store is not ours. */
      readonly socket: string
    }

export type EngineKind = EngineChoice['kind']

const titles: Readonly<Record<EngineKind, string>> = { podman: 'podman', docker: 'Docker' }

/** As people call it. */
export const titleOf = (kind: EngineKind): string => titles[kind]

export const renderChoice = (choice: EngineChoice): string =>
  `${titles[choice.kind]} at ${choice.kind === 'podman' ? choice.podman : choice.socket}`
