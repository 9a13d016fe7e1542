import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What says which Docker a person means. */
export interface DockerHints {
  /** DOCKER_HOST */
  readonly host: string | undefined
  /** DOCKER_CONTEXT, else the one that is current in its configuration. */
  readonly context: string | undefined
  /** Endpoint of that context; undefined: it is not known. */
  readonly contextHost: string | undefined
  /** Sockets at the usual places, those that are there. */
  readonly usual: readonly string[]
}

export type DockerSocket = { readonly socket: string } | { readonly reason: string }

export const usualSocket = '/var/run/docker.sock'

const parseHost = (host: string, where: string): DockerSocket =>
  host.startsWith('unix://')
    ? { socket: host.slice('unix://'.length) }
    : { reason: `${where} is ${host}, and guests need a Docker on this computer (unix://)` }

/** As the docker program decides it. https://docs.docker.com/engine/manage-resources/contexts/ */
export const decideDockerSocket = ({ host, context, contextHost, usual }: DockerHints): DockerSocket => {
  if (host !== undefined && host !== '') return parseHost(host, 'DOCKER_HOST')
  if (context !== undefined && context !== '' && context !== 'default')
    return contextHost === undefined
      ? { reason: `the docker context "${context}" does not exist` }
      : parseHost(contextHost, `the docker context "${context}"`)
  return { socket: usual[0] ?? usualSocket }
}

const readJson = <T>(file: string): Partial<T> => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<T>
  } catch {
    return {}
  }
}

interface ContextMeta {
  readonly Endpoints: { readonly docker?: { readonly Host?: string } }
}

/** Only reads; whether anybody answers there is another question. */
export const findDockerSocket = (env: NodeJS.ProcessEnv): DockerSocket => {
  const folder = env.DOCKER_CONFIG ?? join(env.HOME ?? '/', '.docker')
  const context =
    env.DOCKER_CONTEXT || readJson<{ currentContext: string }>(join(folder, 'config.json')).currentContext
  // The docker program keeps each context in a folder named after the digest of its name.
  const digest = createHash('sha256')
    .update(context ?? '')
    .digest('hex')
  const meta = readJson<ContextMeta>(join(folder, 'contexts', 'meta', digest, 'meta.json'))
  const rootless = env.XDG_RUNTIME_DIR === undefined ? [] : [join(env.XDG_RUNTIME_DIR, 'docker.sock')]
  return decideDockerSocket({
    host: env.DOCKER_HOST,
    ...{ context, contextHost: meta.Endpoints?.docker?.Host },
    usual: [usualSocket, ...rootless].filter((path) => existsSync(path)),
  })
}
