import { createHash } from 'node:crypto'
import { join } from 'node:path'

/** Where the engine of one local target keeps its things. */
export interface EnginePlace {
  /** Images and containers, on disk. */
  readonly store: string
  /** What a restart of the machine shall forget: mounts, sockets, process numbers. */
  readonly run: string
  /**
   * null: podman's own choice, which is overlay for root. An older one without root takes vfs by itself, which
   * copies whole trees and reads no store of others. A store keeps the word it was made with.
   */
  readonly driver: 'overlay' | null
}

/**
 * podman takes at most 50 characters for its run folder, and a socket path has 108: both lie where the system
 * keeps such things, under a name made from the folder they belong to.
 */
export const planEnginePlace = (
  folder: string,
  { root, runtimeDir }: { readonly root: boolean; readonly runtimeDir: string | undefined },
): EnginePlace => {
  const name = `kiro-${createHash('sha256').update(folder).digest('hex').slice(0, 10)}`
  return {
    store: join(folder, 'engine'),
    run: join(root ? '/run' : (runtimeDir ?? '/tmp'), name),
    driver: root ? null : 'overlay',
  }
}

export interface PodmanSettings {
  readonly place: EnginePlace
  /** Read-only store with the base image, shared by all local targets of this machine; null: not known any more. */
  readonly baseStore: string | null
  /** null: podman's own choice */
  readonly runtime: string | null
  readonly cgroupManager: string | null
}

/** Everything that makes podman touch our store and nothing else of this machine. */
export const planPodmanArguments = ({
  place,
  baseStore,
  runtime,
  cgroupManager,
}: PodmanSettings): string[] => [
  `--root=${place.store}`,
  `--runroot=${join(place.run, 'root')}`,
  `--tmpdir=${join(place.run, 'tmp')}`,
  ...(place.driver === null ? [] : [`--storage-driver=${place.driver}`]),
  ...(baseStore === null ? [] : [`--storage-opt=overlay.imagestore=${baseStore}`]),
  // Its own event file: the journal of the machine is not ours to write.
  '--events-backend=file',
  ...(runtime === null ? [] : [`--runtime=${runtime}`]),
  ...(cgroupManager === null ? [] : [`--cgroup-manager=${cgroupManager}`]),
]
