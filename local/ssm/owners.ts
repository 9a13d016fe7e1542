import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Owners } from '../gateway/owners.ts'
import type { Shell } from '../guests/shell.ts'
import { createAgentOwners, documentOwners } from './agent-owners.ts'
import { openAgents } from './agents.ts'
import { openCommandBook } from './command-book.ts'
import { createCommandOwners } from './command-owners.ts'
import type { Fleet } from './fleet.ts'
import { createRunner } from './runner.ts'
import { agentFolder, readPrograms } from './script-plan.ts'

export interface SsmDeps {
  readonly shell: Shell
  readonly fleet: Fleet
  /** Of the project: the shell programs of this room are read from there. */
  readonly root: string
  /** Ours alone; made when it is not there. */
  readonly folder: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly log: (line: string) => void
  /** Where the agent keeps its documents in a guest. */
  readonly base?: string
}

export interface Ssm {
  readonly owners: Owners
  readonly isOnline: (instanceId: string) => boolean
  /** When the fleet is complete: takes up commands of an earlier gateway. Before, nothing is given up for lost. */
  resume(): void
  /** Leaves what runs in guests to the next gateway. */
  close(): void
}

/** Systems Manager without sessions and parameters: agents, commands, and the document that commands run. */
export const openSsm = (deps: SsmDeps): Ssm => {
  const { shell, fleet, root, folder, now, log, base = agentFolder } = deps
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const agents = openAgents(folder, fleet, now, log)
  const book = openCommandBook(join(folder, 'commands'), now, log)
  const { isOnline, findPlatform } = agents
  const programs = readPrograms(root)
  const runner = createRunner({ shell, fleet, book, programs, base, now, log, isOnline, findPlatform })
  return {
    owners: {
      ...createAgentOwners(agents),
      ...documentOwners,
      ...createCommandOwners({ agents, book, runner, now }),
    },
    isOnline,
    resume: runner.resume,
    close() {
      runner.close()
      agents.close()
    },
  }
}
