import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findDockerVersion } from '../../../local/engine/docker-daemon.ts'
import { openWire } from '../../../local/engine/wire.ts'
import { findOnPath } from '../../../scripts/setup/on-path.ts'

const dockerd = findOnPath('dockerd', process.env)

export const withoutDocker = (dockerd === undefined || process.getuid?.() !== 0) && !process.env.CI

export interface Held {
  readonly Id: string
  readonly Names?: readonly string[]
  readonly RepoTags?: readonly string[] | null
}

/** A Docker as a person has it, but of these tests alone: a store of its own, no bridge, no rule of a firewall. */
export interface TestDocker {
  readonly socket: string
  list(what: 'containers' | 'images'): Promise<readonly Held[]>
  /** A container of somebody else that runs for ever. */
  addStranger(name: string, image: string, Labels?: Readonly<Record<string, string>>): Promise<void>
  remove(container: string): Promise<void>
  /** @param around a program that starts it, with its arguments */
  restart(around?: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** Of cgroups of version 2, wherever this runs; the rest of the machine keeps what it has. */
export const withUnifiedCgroups = [
  ...['unshare', '--mount', 'bash', '-c'],
  'umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && exec "$@"',
  '--',
]

const planArguments = (folder: string): string[] => [
  `--data-root=${join(folder, 'data')}`,
  `--exec-root=${join(folder, 'exec')}`,
  `--pidfile=${join(folder, 'pid')}`,
  `--host=unix://${join(folder, 'docker.sock')}`,
  ...['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false'],
]

const launch = async (folder: string, around: readonly string[]): Promise<ChildProcess> => {
  const [program = '', ...args] = [...around, dockerd ?? 'dockerd', ...planArguments(folder)]
  const child = spawn(program, args, { stdio: 'ignore' })
  const end = performance.now() + 120_000
  while ('reason' in (await findDockerVersion(join(folder, 'docker.sock')))) {
    if (child.exitCode !== null || performance.now() > end) throw new Error('dockerd does not start')
    await delay(50)
  }
  return child
}

const end = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })

export const startDocker = async (): Promise<TestDocker> => {
  const folder = mkdtempSync(join(tmpdir(), 'docker-'))
  const socket = join(folder, 'docker.sock')
  const wire = openWire(socket)
  let child = await launch(folder, [])
  return {
    socket,
    list: async (what) => JSON.parse((await wire.ask('GET', `/${what}/json?all=1`)).body.toString()),
    async addStranger(name, image, Labels = {}) {
      await wire.ask('POST', `/images/${encodeURIComponent(image)}/tag?repo=${name}&tag=1`)
      const kind = { StopSignal: 'SIGKILL', HostConfig: { NetworkMode: 'none' } }
      const spec = { Image: `${name}:1`, Cmd: ['sleep', '3600'], Labels, ...kind }
      await wire.ask('POST', `/containers/create?name=${name}`, spec)
      await wire.ask('POST', `/containers/${name}/start`)
    },
    async remove(container) {
      await wire.ask('DELETE', `/containers/${container}?force=1`)
    },
    async restart(around = []) {
      await end(child)
      child = await launch(folder, around)
    },
    async close() {
      await end(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
