import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import type { BaseKind } from '../base/find.ts'
import { type EngineChoice, titleOf } from '../engine/choice.ts'
import type { EngineFlags } from '../engine/flags.ts'

/** What a command found on this machine and hands to the daemon, so that instances become machines. */
export interface GuestRequest {
  readonly engine: EngineChoice
  readonly base: {
    readonly kind: BaseKind
    /** podman: a store that holds the image. Docker: a folder with what it is made of. Only read. */
    readonly store: string
    readonly image: string
    /** Mirror of packages, as guests see it at the address of Amazon Linux's own. */
    readonly repository: string
    readonly architecture: 'arm64' | 'x86_64'
    readonly digest: string
    /** One line for people: what the image is, and what not. */
    readonly description: string
  }
  /** Said wherever machines are listed, e.g. that they are x86_64 where arm64 was asked for. */
  readonly note: string | null
  /** Container runtimes on PATH. */
  readonly runtimes: readonly string[]
}

export interface Switched {
  readonly request: GuestRequest
  readonly flags: EngineFlags
}

/** Files of before there was a choice name podman alone. */
type Written = Switched & { readonly request: { readonly podman?: string } }

/** undefined: never switched on, or the file is no use; then a command hands over its request again. */
export const readSwitched = (file: string): Switched | undefined => {
  try {
    const { request, flags } = JSON.parse(readFileSync(file, 'utf8')) as Written
    const { podman, ...others } = request
    const engine = podman === undefined ? request.engine : ({ kind: 'podman', podman } as const)
    return typeof engine.kind === 'string' && typeof request.base.store === 'string'
      ? { request: { ...others, engine }, flags }
      : undefined
  } catch {
    return undefined
  }
}

export const writeSwitched = (file: string, switched: Switched): void => {
  writeFileSync(`${file}.draft`, JSON.stringify(switched, null, 2), { mode: 0o600 })
  renameSync(`${file}.draft`, file)
}

/** The flags of the last time hold as long as engine and base are the same. */
export const decideKnownFlags = (
  before: Switched | undefined,
  request: GuestRequest,
): EngineFlags | undefined =>
  before !== undefined &&
  isDeepStrictEqual(before.request.engine, request.engine) &&
  before.request.base.digest === request.base.digest
    ? before.flags
    : undefined

/** Machines and images lie in the store of one engine, and the other one knows nothing of them. */
export const decideSameEngine = (
  before: Switched | undefined,
  { engine }: GuestRequest,
): string | undefined => {
  if (before === undefined || before.request.engine.kind === engine.kind) return undefined
  const [old, next] = [titleOf(before.request.engine.kind), titleOf(engine.kind)]
  return `the machines of this local target belong to ${old}, not to ${next} (npm run local:reset forgets them)`
}
