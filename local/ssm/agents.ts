import type { z } from 'zod'
import type { Request } from '../gateway/owners.ts'
import type { Fleet, SsmMachine } from './fleet.ts'
import type { Managed } from './instance-information.ts'
import { decidePingStatus, isNews, openPingBook } from './ping-book.ts'
import type { Platform } from './script-plan.ts'
import { planPing, refuseForeignPing, type updateInstanceInformation } from './update-instance-information.ts'

/** The machines from which an agent has spoken. */
export interface Agents {
  list(region: string): readonly Managed[]
  isOnline(instanceId: string): boolean
  findPlatform(instanceId: string): Platform
  hear(said: z.output<typeof updateInstanceInformation>, request: Request): void
  close(): void
}

export const openAgents = (
  folder: string,
  fleet: Fleet,
  now: () => number,
  log: (line: string) => void,
): Agents => {
  const book = openPingBook(folder, log)
  const statusOf = (machine: SsmMachine | undefined) =>
    decidePingStatus(machine, machine && book.find(machine.instanceId), now())
  const isAlive = (instanceId: string) => {
    const state = fleet.find(instanceId)?.state
    return state !== undefined && state !== 'terminated'
  }
  return {
    list: (region) =>
      fleet.list(region).flatMap((machine) => {
        const [ping, status] = [book.find(machine.instanceId), statusOf(machine)]
        return ping === undefined || status === undefined ? [] : [{ machine, ping, status }]
      }),
    isOnline: (instanceId) => statusOf(fleet.find(instanceId)) === 'Online',
    findPlatform(instanceId) {
      const ping = book.find(instanceId)
      return { name: ping?.platformName ?? '', version: ping?.platformVersion ?? '' }
    },
    hear(said, { principal }) {
      const machine = fleet.find(said.InstanceId)
      const refusal = refuseForeignPing(said.InstanceId, machine, principal)
      if (refusal !== undefined || machine === undefined) throw refusal
      const before = book.find(machine.instanceId)
      const news = isNews(machine, before)
      if (news) book.keep(isAlive)
      book.put(planPing(said, machine, before, now()), news)
    },
    close: book.close,
  }
}
