import { statSync } from 'node:fs'
import type { Settings } from '../../config/settings.ts'
import { decideApi, findDockerVersion } from '../../local/engine/docker-daemon.ts'
import { findDockerSocket } from '../../local/engine/docker-socket.ts'

export type WantedEngine = Settings['local']['engine']

export type DockerAnswer = { readonly socket: string; readonly version: string } | { readonly reason: string }

/** undefined: there is no such file, which the first question finds out in better words. */
const ownerOf = (path: string): number | undefined => {
  try {
    return statSync(path).uid
  } catch {
    return undefined
  }
}

/** A guest is entered through its process, which is of whoever runs the daemon. */
export const decideOwner = (
  user: number | undefined,
  owner: number | undefined,
): { readonly reason: string } | undefined =>
  user === 0 || owner === undefined || user === owner
    ? undefined
    : { reason: 'the machines of a Docker of root can be reached by root alone' }

/** The Docker that the environment speaks of, if it runs and is new enough. Starts and installs nothing. */
export const findDocker = async (env: NodeJS.ProcessEnv): Promise<DockerAnswer> => {
  const found = findDockerSocket(env)
  if ('reason' in found) return found
  const owned = decideOwner(process.getuid?.(), ownerOf(found.socket))
  if (owned !== undefined) return owned
  const answer = await findDockerVersion(found.socket, 5)
  if ('reason' in answer) return answer
  const spoken = decideApi(answer)
  return 'reason' in spoken ? spoken : { socket: found.socket, version: answer.Version }
}

/** Which engine to take, given which ones are there: podman first, as its store is ours alone. */
export const decideEngine = (wanted: WantedEngine, podman: boolean, docker: boolean): 'podman' | 'docker' => {
  if (wanted !== 'auto') return wanted
  return !podman && docker ? 'docker' : 'podman'
}
