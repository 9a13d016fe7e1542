import type { Paths } from '../../config/paths.ts'
import type { Story } from '../../config/story.ts'

/** What each tool gives to those who asked for it. A new tool adds one line here and one in table.ts. */
export interface ToolFacts {
  readonly terraform: { readonly terraform: string; readonly terraformVersion: string }
  /** For TF_CLI_CONFIG_FILE: says where Terraform gets the AWS provider from. */
  readonly awsProvider: { readonly terraformConfig: string }
  /** An interpreter that imports the pinned moto and what its server needs. */
  readonly moto: { readonly python: string }
  readonly shellcheck: { readonly shellcheck: string }
  readonly shfmt: { readonly shfmt: string }
  /** Runs the guests. */
  readonly engine: { readonly podman: string }
  /** Makes the base image of the guests. */
  readonly standIn: { readonly mmdebstrap: string }
}

export type ToolName = keyof ToolFacts

type Merged<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer A) => void ? A : never

/** The facts of all wanted tools in one flat record. */
export type ToolsOf<N extends ToolName> = Merged<ToolFacts[N]>

/** What every command that applies stacks needs. */
export type Tools = ToolsOf<'terraform' | 'awsProvider' | 'moto'>

export interface Found {
  /** Absolute: the executable, the interpreter or the configuration file. */
  readonly path: string
  readonly version: string
  /** Where it came from, for people. */
  readonly origin: string
  /** Paths whose change (or appearance) makes this answer worth nothing. */
  readonly restsOn: readonly string[]
}

export interface InstallPlan {
  /** An imperative for people: `download Terraform 1.11.4 from ...`. */
  readonly title: string
  /** True when it changes the machine beyond the state folder, which is asked first. */
  readonly outside: boolean
  /** What a person would type to do the same. */
  readonly command?: string
}

/** What is known about this machine without starting a process. */
export interface Machine {
  readonly platform: NodeJS.Platform
  readonly arch: string
  readonly home: string
  readonly root: boolean
  readonly aptGet: string | undefined
  readonly sudo: string | undefined
}

export interface Place {
  readonly paths: Paths
  readonly env: NodeJS.ProcessEnv
  readonly machine: Machine
  readonly story: Story
  readonly interactive: boolean
  readonly signal: AbortSignal | undefined
}

export interface Tool<N extends ToolName = ToolName> {
  readonly name: N
  readonly title: string
  /** Ends the sentence "needed ...". */
  readonly why: string
  /** Everything else works without it, so where it cannot be had that is told and no failure. */
  readonly optional?: boolean
  /** The part of the outside world that decides the answer: pins, variables. Part of the cache key. */
  question(place: Place): readonly (string | undefined)[]
  find(place: Place): Promise<Found | undefined>
  /** Throws a UserError with what to type where we cannot install by ourselves. */
  planInstall(place: Place): InstallPlan
  install(place: Place, note: (text: string) => void): Promise<Found>
  facts(found: Found): ToolFacts[N]
}
