import { randomUUID } from 'node:crypto'
import { mkdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DockerDaemon } from './docker-daemon.ts'
import type { Engine } from './engine.ts'

/** What a container says about where it is, against what this computer sees of it. */
export interface Ground {
  /** Content of a file of ours, as the container reads it in a folder it was given. */
  readonly sees: string
  readonly wrote: string
  /** `net:[4026532201]`: of the container, by its own word. */
  readonly inside: string
  /** The same by our own look at its process; null: there is no such process here. */
  readonly outside: string | null
  /** We may look, and so enter. */
  readonly allowed: boolean
}

/**
 * Sockets of guests are opened in their network namespaces, and their volumes are folders of ours: Docker has to
 * run on this very kernel, and its containers must be ours to enter.
 */
export const decideGround = (ground: Ground, system: string): string | undefined => {
  if (ground.allowed && ground.outside === ground.inside && ground.sees === ground.wrote) return undefined
  if (!ground.allowed)
    return 'its containers belong to root, and only root can reach into them (be root, or take podman)'
  if (ground.outside !== ground.inside)
    return `it runs on another kernel than this one (${system}), where guests cannot be reached`
  return 'it does not see the folders of this computer'
}

const lookOutside = (pid: number): Pick<Ground, 'outside' | 'allowed'> => {
  try {
    return { outside: readlinkSync(`/proc/${pid}/ns/net`), allowed: true }
  } catch (error) {
    return { outside: null, allowed: (error as NodeJS.ErrnoException).code !== 'EACCES' }
  }
}

export interface GroundTest {
  /** What the container has to be given. */
  readonly binds: readonly string[]
  readonly look: (name: string) => Promise<string | undefined>
  remove(): void
}

const inside = '/opt/local-target'

/** @param local `<state>/local`, below which lie the folders that guests are given */
export const prepareGroundTest = (engine: Engine, { system }: DockerDaemon, local: string): GroundTest => {
  const folder = join(local, 'guests', 'probe')
  const wrote = randomUUID()
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'word'), wrote)
  const say = async (name: string, ...argv: string[]): Promise<string> =>
    (await engine.run(name, argv)).stdout.toString().trim()
  return {
    binds: [`${folder}:${inside}:ro`],
    async look(name) {
      const pid = (await engine.inspect(name))?.pid ?? 0
      const found = {
        sees: await say(name, 'cat', `${inside}/word`),
        inside: await say(name, 'readlink', '/proc/self/ns/net'),
      }
      return decideGround({ ...found, ...lookOutside(pid), wrote }, system)
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
