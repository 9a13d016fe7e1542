import type { Shell } from '../guests/shell.ts'
import { type Attached, type AttachOptions, attachToContainer } from './attach.ts'
import { runInContainer } from './exec.ts'
import { EngineError, expectReply, type Wire } from './wire.ts'

/** One container of ours, as the engine lists it. */
export interface Container {
  /** The id of the instance it is. */
  readonly name: string
  readonly running: boolean
  readonly image: string
}

export interface ContainerState {
  readonly running: boolean
  /** Process of its PID 1 as the host sees it; 0 when it does not run. */
  readonly pid: number
  readonly exitCode: number
  /** ISO 8601 */
  readonly startedAt: string
  readonly finishedAt: string
}

export interface EngineImage {
  readonly id: string
  /** `localhost/kiro-ami:ami-…` */
  readonly names: readonly string[]
}

/** The operations that guests need, on containers that are named like their instances. */
export interface Engine {
  version(): Promise<string>
  create(name: string, spec: object): Promise<void>
  start(name: string): Promise<void>
  /** Asks its PID 1 to end, kills it after so many seconds. Fine when it does not run. */
  stop(name: string, seconds: number): Promise<void>
  /** With everything that only it has. Fine when it is not there. */
  remove(name: string): Promise<void>
  list(): Promise<Container[]>
  inspect(name: string): Promise<ContainerState | undefined>
  run: Shell['run']
  attach(name: string, argv: readonly string[], options: AttachOptions): Promise<Attached>
  /** Makes an image of what the container holds now. @param pause freezes it meanwhile */
  commit(name: string, image: string, pause: boolean): Promise<void>
  tag(image: string, other: string): Promise<void>
  /** Takes the name away, and the content when nothing else needs it. Fine when it is not there. */
  removeImage(image: string): Promise<void>
  listImages(): Promise<EngineImage[]>
  /** The last lines that its processes wrote to the console. */
  console(name: string, lines: number): Promise<Buffer>
  /** Names of containers as they end, until the signal or until the engine goes. */
  watchEnds(onEnd: (name: string) => void, onReady: () => void, signal: AbortSignal): Promise<void>
}

const splitName = (image: string): string => {
  const colon = image.lastIndexOf(':')
  return `repo=${encodeURIComponent(image.slice(0, colon))}&tag=${encodeURIComponent(image.slice(colon + 1))}`
}

const parse = <T>(body: Buffer): T => JSON.parse(body.toString()) as T

const filter = (filters: Readonly<Record<string, readonly string[]>>): string =>
  encodeURIComponent(JSON.stringify(filters))

interface Inspected {
  readonly State: {
    readonly Running: boolean
    readonly Pid: number
    readonly ExitCode: number
    readonly StartedAt: string
    readonly FinishedAt: string
  }
}

interface EngineEvent {
  readonly Actor?: { readonly Attributes?: Readonly<Record<string, string>> }
}

const inspect = async (wire: Wire, name: string): Promise<ContainerState | undefined> => {
  const reply = await wire.ask('GET', `/containers/${name}/json`)
  if (reply.status === 404) return undefined
  const { State } = parse<Inspected>(expectReply(`look at ${name}`, reply))
  return {
    running: State.Running,
    pid: State.Running ? State.Pid : 0,
    exitCode: State.ExitCode,
    startedAt: State.StartedAt,
    finishedAt: State.FinishedAt,
  }
}

const readConsole = async (wire: Wire, name: string, lines: number): Promise<Buffer> => {
  const reply = await wire.ask('GET', `/containers/${name}/logs?stdout=1&stderr=1&tail=${lines}`)
  // Containers of ours have a terminal, and then the engine sends the bytes as they are.
  return expectReply(`read the console of ${name}`, reply)
}

/** Events arrive as JSON, one a line. */
const watchEnds = async (
  wire: Wire,
  onEnd: (name: string) => void,
  onReady: () => void,
  signal: AbortSignal,
): Promise<void> => {
  const filters = filter({ type: ['container'], event: ['die', 'died'] })
  const asked = wire.stream(`/events?filters=${filters}`, signal)
  // podman sends no header before the first event, so the request being out is all one can wait for.
  setTimeout(onReady, 50)
  let rest = ''
  for await (const chunk of await asked) {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines.filter((one) => one.trim() !== '')) {
      const name = parse<EngineEvent>(Buffer.from(line)).Actor?.Attributes?.name
      if (name !== undefined) onEnd(name)
    }
  }
}

export const createEngine = (wire: Wire): Engine => ({
  async version() {
    const found = parse<{ Version: string }>(
      expectReply('ask its version', await wire.ask('GET', '/version')),
    )
    return found.Version
  },
  async create(name, spec) {
    expectReply(`create ${name}`, await wire.ask('POST', `/containers/create?name=${name}`, spec))
  },
  async start(name) {
    expectReply(`start ${name}`, await wire.ask('POST', `/containers/${name}/start`), 304)
  },
  async stop(name, seconds) {
    expectReply(`stop ${name}`, await wire.ask('POST', `/containers/${name}/stop?t=${seconds}`), 304, 404)
  },
  async remove(name) {
    expectReply(`remove ${name}`, await wire.ask('DELETE', `/containers/${name}?force=1&v=1`), 404)
  },
  async list() {
    const rows = parse<{ Names: string[]; State: string; Image: string }[]>(
      expectReply('list containers', await wire.ask('GET', '/containers/json?all=1')),
    )
    return rows.map(({ Names, State, Image }) => ({
      name: (Names[0] ?? '').replace(/^\//, ''),
      running: State === 'running' || State === 'paused',
      image: Image,
    }))
  },
  inspect: (name) => inspect(wire, name),
  run: (name, argv, options) => runInContainer(wire, name, argv, options),
  attach: (name, argv, options) => attachToContainer(wire, name, argv, options),
  async commit(name, image, pause) {
    const query = `container=${name}&${splitName(image)}&pause=${pause}`
    expectReply(`commit ${name}`, await wire.ask('POST', `/commit?${query}`, {}))
  },
  async tag(image, other) {
    expectReply(
      `tag ${image}`,
      await wire.ask('POST', `/images/${encodeURIComponent(image)}/tag?${splitName(other)}`),
    )
  },
  async removeImage(image) {
    const reply = await wire.ask('DELETE', `/images/${encodeURIComponent(image)}?force=0`)
    // 409: a container was made from it and keeps it; the image goes with the container.
    expectReply(`remove ${image}`, reply, 404, 409)
  },
  async listImages() {
    const rows = parse<{ Id: string; RepoTags: string[] | null }[]>(
      expectReply('list images', await wire.ask('GET', '/images/json')),
    )
    return rows.map(({ Id, RepoTags }) => ({ id: Id, names: RepoTags ?? [] }))
  },
  console: (name, lines) => readConsole(wire, name, lines),
  watchEnds: (onEnd, onReady, signal) => watchEnds(wire, onEnd, onReady, signal),
})

/** True when the engine does not know the thing. */
export const isMissing = (error: unknown): boolean => error instanceof EngineError && error.status === 404
