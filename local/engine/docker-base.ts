import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { EngineError, expectReply, type Wire } from './wire.ts'

export interface DockerBase {
  readonly store: string
  /** Named after its content, so what has the name is it. */
  readonly image: string
  readonly architecture: 'arm64' | 'x86_64'
}

/** Of a base for Docker: the root file system in its store, which a Docker takes a copy of. */
export const rootfsName = 'rootfs.tar'

const changes = ['CMD ["/sbin/init"]', 'LABEL kiro.standin="Amazon Linux 2023 stand-in made of Debian"']

export const planImport = ({ image, architecture }: DockerBase): string => {
  const colon = image.lastIndexOf(':')
  const query = new URLSearchParams([
    ['fromSrc', '-'],
    ['repo', image.slice(0, colon)],
    ['tag', image.slice(colon + 1)],
    ['platform', `linux/${architecture === 'arm64' ? 'arm64' : 'amd64'}`],
    ...changes.map((change): [string, string] => ['changes', change]),
  ])
  return `/images/create?${query}`
}

/** The answer is 200 before the work is done; what went wrong stands in its last lines. */
export const parseImportFailure = (body: string): string | undefined =>
  body
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => (JSON.parse(line) as { error?: string }).error)
    .find((error) => error !== undefined)

/** Older bases are a gigabyte nobody needs; one that a container rests on stays, as Docker refuses to remove it. */
const removeOlder = async (wire: Wire, image: string): Promise<void> => {
  const repository = image.slice(0, image.lastIndexOf(':'))
  const filters = encodeURIComponent(JSON.stringify({ reference: [repository] }))
  const reply = await wire.ask('GET', `/images/json?filters=${filters}`)
  const held = JSON.parse(expectReply('list base images', reply).toString()) as {
    RepoTags: string[] | null
  }[]
  for (const name of held.flatMap(({ RepoTags }) => RepoTags ?? []))
    if (name !== image) await wire.ask('DELETE', `/images/${encodeURIComponent(name)}?force=0`)
}

/** The image that guests are started from is in this Docker afterwards; seconds, the first time. */
export const ensureDockerBase = async (wire: Wire, base: DockerBase): Promise<void> => {
  const known = await wire.ask('GET', `/images/${encodeURIComponent(base.image)}/json`)
  if (known.status === 200) return
  const reply = await wire.upload(planImport(base), createReadStream(join(base.store, rootfsName)))
  const failure = parseImportFailure(expectReply('import the base image', reply).toString())
  if (failure !== undefined) throw new EngineError('import the base image', reply.status, failure)
  await removeOlder(wire, base.image)
}
