import type { CgroupWay } from './docker-cgroups.ts'

/** How this machine's podman has to be called so that systemd boots in a container. */
export interface PodmanFlags {
  /** null: podman's own choice */
  readonly runtime: string | null
  readonly cgroupManager: string | null
}

/** How a container has to be made so that systemd boots in this computer's Docker. */
export interface DockerFlags {
  readonly cgroups: CgroupWay
}

export type EngineFlags = PodmanFlags | DockerFlags

export const isDockerFlags = (flags: EngineFlags): flags is DockerFlags => 'cgroups' in flags
