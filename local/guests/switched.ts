import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { BaseKind } from '../base/find.ts'
import type { EngineFlags } from '../engine/probe.ts'

/** What a command found on this machine and hands to the daemon, so that instances become machines. */
export interface GuestRequest {
  /** Absolute path of podman. */
  readonly podman: string
  readonly base: {
    readonly kind: BaseKind
    /** Store of the engine that holds the image; only read. */
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

/** undefined: never switched on, or the file is no use; then a command hands over its request again. */
export const readSwitched = (file: string): Switched | undefined => {
  try {
    const data = JSON.parse(readFileSync(file, 'utf8')) as Switched
    return typeof data.request.podman === 'string' && typeof data.request.base.store === 'string'
      ? data
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
  before.request.podman === request.podman &&
  before.request.base.digest === request.base.digest
    ? before.flags
    : undefined
