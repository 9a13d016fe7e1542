import type { Found } from '../changes.ts'
import type { LaptopPlace } from '../place.ts'
import type { LaptopAws } from '../profiles.ts'
import type { WholeFile } from '../render.ts'
import type { Login } from './logins.ts'

export interface Reply {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export type Environment = Readonly<Record<string, string>>

/** What a start of a shell inside the launcher makes of the environment; undefined when it does not start. */
export interface ShellStart {
  readonly command: string
  readonly environment: Environment | undefined
}

/** Answers of the real AWS CLI, asked through the launcher. */
export interface CliFacts {
  readonly version: string
  /** Of `aws configure list-profiles`, which version 1 does not have. */
  readonly profiles: readonly string[] | undefined
  /** `aws configure list` as Kiro starts, and with AWS_PROFILE taken away. */
  readonly asStarted: Reply
  readonly withoutProfile: Reply
  /** The same with --profile: those of the file, and some that must not be found. */
  readonly byProfile: ReadonlyMap<string, Reply>
}

export interface LaptopFacts {
  readonly aws: LaptopAws
  readonly place: LaptopPlace
  readonly whole: readonly { readonly wanted: WholeFile; readonly found: Found | undefined }[]
  /** Permissions of ~/.aws/kiro, and what it is a link to, if it is one. */
  readonly folder: { readonly mode: number; readonly link: string | undefined } | undefined
  /** Files of ours or folders that belong to another user. */
  readonly foreign: readonly string[]
  readonly steering: boolean
  /** Inside of the launcher; undefined when it does not start. */
  readonly environment: Environment | undefined
  readonly shells: readonly ShellStart[]
  readonly cli: CliFacts | undefined
  readonly logins: readonly Login[]
  readonly kiroCli: boolean
}
