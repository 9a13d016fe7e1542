import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SsmMachine } from './fleet.ts'
import { writeWhole } from './write-file.ts'

/** What an agent last said about itself. Times are milliseconds since 1970. */
export interface Ping {
  readonly instanceId: string
  readonly at: number
  readonly registeredAt: number
  readonly agentVersion: string
  readonly agentStatus: string
  readonly platformType: string
  readonly platformName: string
  readonly platformVersion: string
  readonly ipAddress: string
  readonly computerName: string
}

export interface PingBook {
  find(instanceId: string): Ping | undefined
  put(ping: Ping, urgent: boolean): void
  /** Drops the pings of machines that are gone for good. */
  keep(isAlive: (instanceId: string) => boolean): void
  close(): void
}

/** A ping that is lost with the gateway comes again; only the first of a boot is written at once. */
const unhurried = 10_000

const read = (file: string, log: (line: string) => void): Ping[] => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Ping[]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      log(`${file} cannot be read, agents have to ping again: ${(error as Error).message}`)
    return []
  }
}

export const openPingBook = (folder: string, log: (line: string) => void): PingBook => {
  const file = join(folder, 'pings.json')
  const pings = new Map(read(file, log).map((ping) => [ping.instanceId, ping]))
  let timer: NodeJS.Timeout | undefined
  const write = () => {
    clearTimeout(timer)
    timer = undefined
    try {
      writeWhole(file, JSON.stringify([...pings.values()]))
    } catch (error) {
      log(`${file} cannot be written: ${(error as Error).message}`)
    }
  }
  return {
    find: (instanceId) => pings.get(instanceId),
    put(ping, urgent) {
      pings.set(ping.instanceId, ping)
      if (urgent) write()
      else timer ??= setTimeout(write, unhurried).unref()
    },
    keep(isAlive) {
      for (const instanceId of pings.keys()) if (!isAlive(instanceId)) pings.delete(instanceId)
    },
    close() {
      if (timer !== undefined) write()
    },
  }
}

/** Milliseconds after which a silent agent counts as lost; the agent of AWS pings every five minutes. */
const patience = 5 * 60_000

const isOfThisBoot = (machine: SsmMachine, ping: Ping): boolean =>
  machine.bootedAt !== undefined && ping.at >= Date.parse(machine.bootedAt)

export type PingStatus = 'Online' | 'ConnectionLost'

/** undefined: SSM does not know this machine, since no agent ever spoke from it, or no longer knows it. */
export const decidePingStatus = (
  machine: SsmMachine | undefined,
  ping: Ping | undefined,
  now: number,
): PingStatus | undefined => {
  if (machine === undefined || ping === undefined || machine.state === 'terminated') return undefined
  const speaks = machine.state === 'running' && isOfThisBoot(machine, ping) && now - ping.at <= patience
  return speaks ? 'Online' : 'ConnectionLost'
}

/** The first word of a boot, or of a machine: worth a write of its own. */
export const isNews = (machine: SsmMachine, before: Ping | undefined): boolean =>
  before === undefined || !isOfThisBoot(machine, before)
