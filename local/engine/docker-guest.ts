import { createHash } from 'node:crypto'
import type { Belongings } from './belongings.ts'
import type { HostConfig } from './container-spec.ts'
import { type CgroupWay, type DockerCgroups, planCgroups } from './docker-cgroups.ts'

/** Repository of the images that guests were turned into. */
export const ownImages = 'localhost/kiro-ami'

/** Carries the local target's folder, for us and for whoever wonders whose container that is. */
export const folderLabel = 'kiro-sandbox.local'

/** Tells this local target's containers from those of others in the same Docker. */
export const planDockerKey = (local: string): string =>
  createHash('sha256').update(local).digest('hex').slice(0, 10)

export interface DockerDress {
  /** `<state>/local` */
  readonly local: string
  readonly cgroups: DockerCgroups
  readonly way: CgroupWay
  readonly architecture: 'arm64' | 'x86_64'
}

/** What podman gives a container that runs systemd, and Docker gives nobody. */
const tmpfs = {
  '/run': 'exec,mode=755',
  '/run/lock': 'exec,mode=1777',
  '/tmp': 'exec,mode=1777',
  '/var/log/journal': 'mode=755',
}

const dressHost = (name: string, hostname: string, config: HostConfig, dress: DockerDress): HostConfig => {
  const { Binds, ...cgroups } = planCgroups(dress.way, dress.cgroups, planDockerKey(dress.local), name)
  return {
    ...config,
    ...cgroups,
    Binds: [...config.Binds, ...Binds],
    Tmpfs: tmpfs,
    LogConfig: { Type: 'json-file', Config: { 'max-size': '2m', 'max-file': '1' } },
    // Rights that podman gives to no container. Docker's own AUDIT_WRITE stays: it lets sudo open the socket of the
    // audit, which podman does not, and sudo complains about a socket that it may not write to.
    CapDrop: ['MKNOD', 'NET_RAW'],
    // Docker writes these two files anew from what the host has. Here they are as in the base image.
    Dns: ['169.254.169.253'],
    DnsOptions: ['timeout:1', 'attempts:3'],
    DnsSearch: ['.'],
    ExtraHosts: [`${hostname}:127.0.0.1`],
  }
}

/** A Docker belongs to everybody on this computer: ours have names of their own and a label. */
export const planBelongings = (dress: DockerDress): Belongings => {
  const key = planDockerKey(dress.local)
  const prefix = `kiro-${key}-`
  const [plain, held] = [`${ownImages}:`, `${ownImages}-${key}:`]
  const swap = (name: string, from: string, to: string) =>
    name.startsWith(from) ? `${to}${name.slice(from.length)}` : name
  const imageOf = (image: string) => swap(image, plain, held)
  return {
    label: `${folderLabel}=${dress.local}`,
    platform: `linux/${dress.architecture === 'arm64' ? 'arm64' : 'amd64'}`,
    containerOf: (name) => `${prefix}${name}`,
    nameOf: (container) => (container.startsWith(prefix) ? container.slice(prefix.length) : undefined),
    imageOf,
    imageNameOf: (name) => swap(name, held, plain),
    dress: (name, { HostConfig: config, ...spec }) => ({
      ...spec,
      Image: imageOf(spec.Image),
      Labels: { ...spec.Labels, [folderLabel]: dress.local },
      ...(config === undefined
        ? {}
        : {
            // So systemd knows what it runs in: https://systemd.io/CONTAINER_INTERFACE
            Env: [...(spec.Env ?? []), 'container=docker'],
            HostConfig: dressHost(name, spec.Hostname ?? name, config, dress),
          }),
    }),
  }
}
