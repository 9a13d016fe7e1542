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

/** What is typed without a flag, in the order of the definition: `npm run image:promote -- ami-1`. */
export interface Word {
  readonly about: string
  /** May be left out; only the last ones can. */
  readonly optional?: boolean
}

export type Words = Readonly<Record<string, Word>>

type WordOf<W> = W extends { optional: true } ? string | undefined : string

type ValueOf<F> = F extends BooleanFlag
  ? boolean
  : F extends { multiple: true }
    ? readonly string[]
    : string | undefined

/** Flags as parsed: booleans are false when absent, lists are empty, single strings are undefined. */
export type Values<F extends Flags> = { readonly [K in keyof F]: ValueOf<F[K]> }

/** Of a command whose words are not known by name there is nothing to promise. */
export type WordValues<W extends Words> = Words extends W
  ? unknown
  : { readonly [K in keyof W]: WordOf<W[K]> }

/** One npm script: the parser, the help screen and the README table all read this object. */
export interface Command<F extends Flags = Flags, W extends Words = Words> {
  /** As typed after `npm run`. */
  readonly name: string
  readonly summary: string
  /** By another name than every flag: both arrive in `run` side by side. */
  readonly words?: W
  readonly flags: F
  readonly examples: readonly string[]
  /** Serves another program, which ends it by a signal as a matter of course: nothing is said about that. */
  readonly endsQuietly?: boolean
  /** Resolves to the exit code; nothing means 0. */
  run(values: Values<F> & WordValues<W>, io: Io): Promise<number | undefined>
}

/** As the help and the README show them: `<a> <b>`, `[ami]`. */
export const renderWords = (words: Words = {}): string[] =>
  Object.entries(words).map(([name, { optional }]) => (optional === true ? `[${name}]` : `<${name}>`))

/** Keeps the types of flags and words for `run`, then forgets them so that commands fit into one table. */
export const defineCommand = <const F extends Flags, const W extends Words = Record<never, never>>(
  command: Command<F, W>,
): Command => command as unknown as Command

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
  unlock: {
    type: 'string',
    value: 'lock id',
    about: 'break this state lock first; only if its owner is dead',
  },
} as const satisfies Flags
