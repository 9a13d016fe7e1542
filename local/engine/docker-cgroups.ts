import type { HostConfig } from './container-spec.ts'

/**
 * How systemd gets a place where it may make cgroups, without a privileged container and without the rights to
 * mount. Docker by itself lets nobody write there; podman does it for every container that runs systemd.
 * - writable: a flag of Docker 28 (API 1.48), https://docs.docker.com/engine/release-notes/28/
 * - own: the guest sees the cgroups of the host read-only, and below them one of its own where it may write
 * - named: with cgroups of version 1 the hierarchy `name=systemd`, which controls nothing, as podman does it
 */
export type CgroupWay = 'writable' | 'own' | 'named'

export interface DockerCgroups {
  /** Of cgroups: 1 or 2. */
  readonly version: string
  /** Who makes them: Docker itself (cgroupfs) or systemd. */
  readonly driver: string
}

export const hierarchy = '/sys/fs/cgroup'

/** The best way first. @param api highest version of the API that the daemon speaks, such as 1.41 */
export const planCgroupWays = ({ version }: DockerCgroups, api: string): CgroupWay[] => {
  if (version === '1') return ['named']
  return Number(api.split('.')[1]) >= 48 ? ['writable', 'own'] : ['own']
}

/**
 * Where the cgroups of one guest lie. systemd names a slice after all the slices above it.
 * https://www.freedesktop.org/software/systemd/man/latest/systemd.slice.html
 */
export const planParent = (
  driver: string,
  key: string,
  name: string,
): { readonly parent: string; readonly path: string } => {
  if (driver !== 'systemd') return { parent: `/kiro-${key}/${name}`, path: `/kiro-${key}/${name}` }
  const slice = `kiro-${key}-${name.replaceAll('-', '_')}.slice`
  return { parent: slice, path: `/kiro.slice/kiro-${key}.slice/${slice}` }
}

export type CgroupConfig = Pick<HostConfig, 'Binds'> &
  Pick<Partial<HostConfig>, 'CgroupnsMode' | 'CgroupParent' | 'SecurityOpt'>

export const planCgroups = (
  way: CgroupWay,
  { driver }: DockerCgroups,
  key: string,
  name: string,
): CgroupConfig => {
  if (way === 'writable')
    return { CgroupnsMode: 'private', SecurityOpt: ['writable-cgroups=true'], Binds: [] }
  if (way === 'named')
    return {
      CgroupnsMode: 'host',
      Binds: [
        `${hierarchy}/systemd:${hierarchy}/systemd:rw`,
        // Names a program that the kernel starts outside; older kernels let a container write it.
        // https://www.cve.org/CVERecord?id=CVE-2022-0492
        `/dev/null:${hierarchy}/systemd/release_agent:ro`,
      ],
    }
  const { parent, path } = planParent(driver, key, name)
  const own = `${hierarchy}${path}`
  return { CgroupnsMode: 'host', CgroupParent: parent, Binds: [`${own}:${own}:rw`] }
}
