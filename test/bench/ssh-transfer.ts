import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Place } from '../ssh-proxy/place.ts'
import {
  childrenOf,
  commandOf,
  listPids,
  machineOf,
  nameOf,
  type Roles,
  type Spent,
  watchProcessor,
} from './processor.ts'

export type Direction = 'down' | 'up'

export interface Transfer {
  readonly seconds: number
  /** Milliseconds for a megabyte, by role. */
  readonly processor: Spent
}

const scripts: Readonly<Record<Direction, (bytes: number) => string>> = {
  down: (bytes) => `echo go >&2; read -r x; head -c ${bytes} /dev/zero; echo done >&2; read -r x`,
  up: (bytes) => `echo go >&2; head -c ${bytes} >/dev/null; echo done >&2; read -r x`,
}

/** PID 1 of the guest as this machine counts: whose root has the guest's own machine-id. */
export const findGuest = (machine: string): number => {
  const found = listPids().find((pid) => nameOf(pid) === 'systemd' && machineOf(pid) === machine)
  if (found === undefined) throw new Error('the guest is not among the processes of this machine')
  return found
}

const findRoles = (place: Place, machine: string, ssh: number): Roles => {
  const pids = listPids()
  const { state } = place.room.room.paths
  const isGateway = (command: string) => command.includes('gateway') && command.includes(state)
  return {
    ssh: [ssh],
    'ssh:proxy': childrenOf(ssh),
    gateway: pids.filter((pid) => isGateway(commandOf(pid))),
    sshd: pids.filter((pid) => nameOf(pid).startsWith('sshd') && machineOf(pid) === machine),
  }
}

/** A large file through an ssh that is connected already, with nobody on this side who would compete for the processor. */
export const transferBySsh = async (
  place: Place,
  machine: string,
  argv: readonly string[],
  direction: Direction,
  bytes: number,
): Promise<Transfer> => {
  const [command = '', ...args] = [...argv, 'sandbox-alice', scripts[direction](bytes)]
  const child = spawn(command, args, { env: place.env, stdio: ['pipe', 'ignore', 'pipe'] })
  const lines = createInterface({ input: child.stderr })[Symbol.asyncIterator]()
  const heard = async (word: string) => {
    const { value } = await lines.next()
    if (value !== word) throw new Error(`${command} said ${value} instead of ${word}`)
  }
  await heard('go')
  const watched = watchProcessor(findRoles(place, machine, child.pid as number))
  const began = performance.now()
  if (direction === 'down') child.stdin.write('\n')
  else spawn('head', ['-c', String(bytes), '/dev/zero'], { stdio: ['ignore', child.stdin, 'inherit'] })
  await heard('done')
  const seconds = (performance.now() - began) / 1000
  const spent = Object.entries(watched()).map(([role, ms]) => [role, ms / (bytes / 1e6)])
  child.stdin.end('\n')
  await once(child, 'close')
  return { seconds, processor: Object.fromEntries(spent) }
}
