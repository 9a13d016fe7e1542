import type { ContainerSpec } from '../engine/container-spec.ts'
import { ownImages } from '../engine/docker-guest.ts'
import type { Instance } from './instance.ts'
import type { GuestPlace } from './place.ts'

/** Highest limits that this process may hand on, from /proc/self/limits. */
export interface Limits {
  readonly files: number
  readonly processes: number
}

/** What of this machine its guests notice. */
export interface GuestHost {
  readonly limits: Limits
  /** Their programs are another architecture's and run through qemu. */
  readonly emulated: boolean
}

const unlimited = 1_048_576

/**
 * What systemd takes as "halt" (https://systemd.io/CONTAINER_INTERFACE): its SIGRTMIN+3. The C library of qemu keeps
 * the first two real-time signals of the host to itself, so qemu hands each one on as the one two below it
 * (linux-user/signal.c), and +3 would arrive as +1, "rescue".
 */
const planStopSignal = (emulated: boolean): string => (emulated ? 'SIGRTMIN+5' : 'SIGRTMIN+3')

/** `Max open files   20000   20000   files` -> the hard one. */
export const parseLimits = (text: string): Limits => {
  const hard = (name: string): number => {
    const word = new RegExp(`^${name}\\s+\\S+\\s+(\\S+)`, 'm').exec(text)?.[1]
    return word === undefined || word === 'unlimited' ? unlimited : Number(word)
  }
  return { files: hard('Max open files'), processes: hard('Max processes') }
}

const atMost = (Name: string, soft: number, hard: number, limit: number) => ({
  Name,
  Soft: Math.min(soft, limit),
  Hard: Math.min(hard, limit),
})

export const imageNameOf = (imageId: string): string => `${ownImages}:${imageId}`

/** What every guest is: systemd as PID 1, no network but lo, nothing of the host but two folders. */
export const planGuest = (
  image: string,
  hostname: string,
  { limits, emulated }: GuestHost,
  binds: readonly string[],
): ContainerSpec => ({
  Image: image,
  Cmd: ['/sbin/init'],
  Hostname: hostname,
  // Also for what the engine starts inside, as it would come from systemd to what an agent starts.
  Env: ['AWS_CA_BUNDLE=/etc/pki/tls/certs/ca-bundle.crt'],
  StopSignal: planStopSignal(emulated),
  // Only on a terminal does systemd write to its console, and that is what GetConsoleOutput shows.
  Tty: true,
  HostConfig: {
    // A bridge would let a guest reach the metadata service of the host, and with it the host's own role.
    NetworkMode: 'none',
    // The engine's own defaults may be higher than what it may ask for, and then nothing starts.
    // podman lowers its own limit of processes below ours, so that one stays far from it.
    Ulimits: [
      atMost('nofile', 1024, unlimited, limits.files),
      atMost('nproc', 16_384, 16_384, limits.processes),
    ],
    // reboot(2) ends only this PID namespace, and its exit code tells reboot from power-off.
    CapAdd: ['SYS_BOOT'],
    Binds: binds,
    LogConfig: { Type: 'k8s-file', Config: { 'max-size': '2mb' } },
  },
})

/** `ip-10-20-16-4.us-west-2.compute.internal` -> `ip-10-20-16-4` */
export const planHostname = ({ network, instanceId }: Pick<Instance, 'network' | 'instanceId'>): string =>
  network.privateDnsName.split('.')[0] || instanceId

export const planContainer = (
  instance: Instance,
  image: string,
  host: GuestHost,
  place: GuestPlace,
): ContainerSpec =>
  planGuest(image, planHostname(instance), host, [
    `${place.shared}:/opt/local-target:ro`,
    // Volumes come and go in this folder by renaming, so a running guest sees them without a mount.
    `${place.volumesOf(instance.instanceId)}:/volumes`,
  ])
