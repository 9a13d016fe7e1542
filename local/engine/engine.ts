import type { Shell } from '../guests/shell.ts'
import { type Attached, type AttachOptions, attachToContainer } from './attach.ts'
import { type Belongings, soleOwner } from './belongings.ts'
import type { ContainerSpec } from './container-spec.ts'
import { runInContainer } from './exec.ts'
import { EngineError, expectReply, type Wire } from './wire.ts'

/** One container of ours, as the engine lists it. */
export interface Container {
  /** The id of the instance it is. */
  readonly name: string
  readonly running: boolean
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
  create(name: string, spec: ContainerSpec): Promise<void>
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

/** Lists are of ours only. */
const ours = ({ label }: Belongings, others: Readonly<Record<string, readonly string[]>> = {}): string =>
  filter(label === null ? others : { ...others, label: [label] })

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
  own: Belongings,
  onEnd: (name: string) => void,
  onReady: () => void,
  signal: AbortSignal,
): Promise<void> => {
  const filters = ours(own, { type: ['container'], event: ['die', 'died'] })
  const asked = wire.stream(`/events?filters=${filters}`, signal)
  // podman sends no header before the first event, so the request being out is all one can wait for.
  setTimeout(onReady, 50)
  let rest = ''
  for await (const chunk of await asked) {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines.filter((one) => one.trim() !== '')) {
      const name = own.nameOf(parse<EngineEvent>(Buffer.from(line)).Actor?.Attributes?.name ?? '')
      if (name !== undefined && name !== '') onEnd(name)
    }
  }
}

/** @param own how things are called there; by default the engine is ours alone */
export const createEngine = (wire: Wire, own: Belongings = soleOwner): Engine => ({
  async version() {
    const found = parse<{ Version: string }>(
      expectReply('ask its version', await wire.ask('GET', '/version')),
    )
    return found.Version
  },
  async create(name, spec) {
    const platform = own.platform === null ? '' : `&platform=${encodeURIComponent(own.platform)}`
    const path = `/containers/create?name=${own.containerOf(name)}${platform}`
    expectReply(`create ${name}`, await wire.ask('POST', path, own.dress(name, spec)))
  },
  async start(name) {
    const reply = await wire.ask('POST', `/containers/${own.containerOf(name)}/start`)
    expectReply(`start ${name}`, reply, 304)
  },
  async stop(name, seconds) {
    const reply = await wire.ask('POST', `/containers/${own.containerOf(name)}/stop?t=${seconds}`)
    expectReply(`stop ${name}`, reply, 304, 404)
  },
  async remove(name) {
    const reply = await wire.ask('DELETE', `/containers/${own.containerOf(name)}?force=1&v=1`)
    expectReply(`remove ${name}`, reply, 404)
  },
  async list() {
    const rows = parse<{ Names: string[]; State: string }[]>(
      expectReply('list containers', await wire.ask('GET', `/containers/json?all=1&filters=${ours(own)}`)),
    )
    return rows.flatMap(({ Names, State }) => {
      const name = own.nameOf((Names[0] ?? '').replace(/^\//, ''))
      return name === undefined ? [] : [{ name, running: State === 'running' || State === 'paused' }]
    })
  },
  inspect: (name) => inspect(wire, own.containerOf(name)),
  run: (name, argv, options) => runInContainer(wire, own.containerOf(name), argv, options),
  attach: (name, argv, options) => attachToContainer(wire, own.containerOf(name), argv, options),
  async commit(name, image, pause) {
    const query = `container=${own.containerOf(name)}&${splitName(own.imageOf(image))}&pause=${pause}`
    expectReply(`commit ${name}`, await wire.ask('POST', `/commit?${query}`, {}))
  },
  async tag(image, other) {
    const path = `/images/${encodeURIComponent(own.imageOf(image))}/tag?${splitName(own.imageOf(other))}`
    expectReply(`tag ${image}`, await wire.ask('POST', path))
  },
  async removeImage(image) {
    const reply = await wire.ask('DELETE', `/images/${encodeURIComponent(own.imageOf(image))}?force=0`)
    // 409: a container was made from it and keeps it; the image goes with the container.
    expectReply(`remove ${image}`, reply, 404, 409)
  },
  async listImages() {
    const rows = parse<{ Id: string; RepoTags: string[] | null }[]>(
      expectReply('list images', await wire.ask('GET', `/images/json?filters=${ours(own)}`)),
    )
    return rows.map(({ Id, RepoTags }) => ({ id: Id, names: (RepoTags ?? []).map(own.imageNameOf) }))
  },
  console: (name, lines) => readConsole(wire, own.containerOf(name), lines),
  watchEnds: (onEnd, onReady, signal) => watchEnds(wire, own, onEnd, onReady, signal),
})

/** True when the engine does not know the thing. */
export const isMissing = (error: unknown): boolean => error instanceof EngineError && error.status === 404
