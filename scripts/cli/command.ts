import type { Io } from './io.ts'

export interface StringFlag {
  readonly type: 'string'
  readonly about: string
  /** Placeholder in the help, e.g. `name`. */
  readonly value: string
  /** May be given more than once. */
  readonly multiple?: boolean
  readonly choices?: readonly string[]
}

export interface BooleanFlag {
  readonly type: 'boolean'
  readonly about: string
}

export type Flags = Readonly<Record<string, StringFlag | BooleanFlag>>

type ValueOf<F> = F extends BooleanFlag
  ? boolean
  : F extends { multiple: true }
    ? readonly string[]
    : string | undefined

/** Flags as parsed: booleans are false when absent, lists are empty, single strings are undefined. */
export type Values<F extends Flags> = { readonly [K in keyof F]: ValueOf<F[K]> }

/** One npm script: the parser, the help screen and the README table all read this object. */
export interface Command<F extends Flags = Flags> {
  /** As typed after `npm run`. */
  readonly name: string
  readonly summary: string
  readonly flags: F
  readonly examples: readonly string[]
  /** Resolves to the exit code; nothing means 0. */
  run(values: Values<F>, io: Io): Promise<number | undefined>
}

/** Keeps the types of the flags for `run`, then forgets them so that commands fit into one table. */
export const defineCommand = <const F extends Flags>(command: Command<F>): Command =>
  command as unknown as Command

/** Flags that several commands share, so that they read the same everywhere. */
export const common = {
  user: { type: 'string', value: 'name', about: 'the engineer; may be repeated', multiple: true },
  target: {
    type: 'string',
    value: 'where',
    about: 'local (embedded, default) or aws',
    choices: ['local', 'aws'],
  },
  config: { type: 'string', value: 'file', about: 'settings file instead of sandbox.config.json' },
  json: { type: 'boolean', about: 'print the answer as JSON on stdout' },
  yes: { type: 'boolean', about: 'do not ask' },
  plan: { type: 'boolean', about: 'print what would be done and stop' },
} as const satisfies Flags
