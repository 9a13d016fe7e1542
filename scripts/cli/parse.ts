import { parseArgs } from 'node:util'
import leven from 'leven'
import { type UserError, usageError } from '../../config/user-error.ts'
import { printable } from '../../config/user-name.ts'
import { type Command, type Flags, renderWords, type StringFlag } from './command.ts'

export type Parsed =
  | { readonly help: true }
  | { readonly help: false; readonly values: Record<string, unknown> }

type Token = ReturnType<typeof tokenize>[number]

const tokenize = (argv: readonly string[], flags: Flags) =>
  parseArgs({
    args: [...argv],
    options: {
      ...Object.fromEntries(Object.entries(flags).map(([name, { type }]) => [name, { type }])),
      help: { type: 'boolean', short: 'h' },
    },
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens

const nearest = (wrong: string, known: readonly string[]): string | undefined => {
  const ranked = known
    .map((name) => ({ name, distance: leven(wrong, name) }))
    .sort((a, b) => a.distance - b.distance)
  const best = ranked[0]
  return best !== undefined && best.distance <= Math.max(2, Math.floor(best.name.length / 3))
    ? best.name
    : undefined
}

const seeHelp = (command: Command) => `npm run ${command.name} -- --help`

/** npm has settings of these names, so their presence says nothing. */
const settingsOfNpm = new Set(['yes', 'json'])

/**
 * npm keeps flags for itself unless `--` stands before them: `npm run x --user alice` arrives as the bare
 * word `alice` with npm_config_user=true, `--user=alice` as nothing with npm_config_user=alice.
 */
const swallowedByNpm = (command: Command, env: NodeJS.ProcessEnv): string | undefined =>
  Object.entries(command.flags).find(([name, flag]) => {
    const kept = env[`npm_config_${name.replaceAll('-', '_')}`]
    if (kept === undefined || settingsOfNpm.has(name)) return false
    // People keep things like `target` in .npmrc for other tools; ours has only so many values.
    return (
      flag.type !== 'string' || flag.choices === undefined || kept === 'true' || flag.choices.includes(kept)
    )
  })?.[0]

const rewrite = (
  command: Command,
  name: string,
  word: string | undefined,
  env: NodeJS.ProcessEnv,
): string => {
  const kept = env[`npm_config_${name.replaceAll('-', '_')}`]
  const value = word ?? (kept === 'true' || kept === '' ? undefined : kept)
  const shown =
    command.flags[name]?.type === 'string'
      ? ` ${value === undefined ? `<${(command.flags[name] as StringFlag).value}>` : printable(value)}`
      : ''
  return `npm run ${command.name} -- --${name}${shown}`
}

const refuseWord = (command: Command, word: string, env: NodeJS.ProcessEnv): UserError => {
  const name = swallowedByNpm(command, env)
  const hint =
    name === undefined ? seeHelp(command) : `put -- before the options: ${rewrite(command, name, word, env)}`
  return usageError(`unexpected argument "${printable(word)}"`, hint)
}

const refuseUnknown = (command: Command, rawName: string): UserError => {
  const wrong = rawName.replace(/^-+/, '')
  const guess = nearest(wrong, Object.keys(command.flags))
  return usageError(
    `unknown option ${printable(rawName)}`,
    guess === undefined ? seeHelp(command) : `did you mean --${guess}?`,
  )
}

/** The next word that the definition still waits for. */
const placeWord = (
  command: Command,
  word: string,
  taken: Record<string, unknown>,
  env: NodeJS.ProcessEnv,
): void => {
  const name = Object.keys(command.words ?? {}).find((one) => taken[one] === undefined)
  if (name === undefined) throw refuseWord(command, word, env)
  if (word === '') throw usageError(`<${name}> is empty`, seeHelp(command))
  taken[name] = word
}

const refuseMissingWords = (command: Command, taken: Record<string, unknown>): void => {
  const missing = Object.entries(command.words ?? {}).find(
    ([name, { optional }]) => optional !== true && taken[name] === undefined,
  )
  if (missing === undefined) return
  throw usageError(
    `<${missing[0]}> is missing: ${missing[1].about}`,
    ['npm run', command.name, '--', ...renderWords(command.words)].join(' '),
  )
}

const readOption = (command: Command, token: Extract<Token, { kind: 'option' }>): string | true => {
  const flag = Object.hasOwn(command.flags, token.name) ? command.flags[token.name] : undefined
  if (flag === undefined) throw refuseUnknown(command, token.rawName)
  if (flag.type === 'boolean') {
    if (token.value !== undefined)
      throw usageError(`--${token.name} takes no value, got "${printable(token.value)}"`, seeHelp(command))
    return true
  }
  // parseArgs takes a following flag for the value (`--user --json`); nobody means that.
  const missing =
    token.value === undefined ||
    token.value === '' ||
    (token.inlineValue === false && token.value.startsWith('-'))
  if (missing)
    throw usageError(
      `--${token.name} needs a value`,
      `npm run ${command.name} -- --${token.name} <${flag.value}>`,
    )
  const value = token.value as string
  if (flag.choices !== undefined && !flag.choices.includes(value))
    throw usageError(
      `--${token.name} "${printable(value)}" is not one of ${flag.choices.join(', ')}`,
      seeHelp(command),
    )
  return value
}

const collect = (
  command: Command,
  tokens: readonly Token[],
  env: NodeJS.ProcessEnv,
): Record<string, unknown> => {
  const values: Record<string, unknown> = {}
  for (const [name, flag] of Object.entries(command.flags))
    values[name] = flag.type === 'boolean' ? false : flag.multiple === true ? [] : undefined
  for (const name of Object.keys(command.words ?? {})) values[name] = undefined
  const seen = new Set<string>()
  for (const token of tokens) {
    if (token.kind === 'positional') placeWord(command, token.value, values, env)
    if (token.kind !== 'option') continue
    const value = readOption(command, token)
    const flag = command.flags[token.name]
    if (flag?.type === 'string' && flag.multiple === true)
      (values[token.name] as string[]).push(value as string)
    else if (seen.has(token.name)) throw usageError(`--${token.name} is given twice`, seeHelp(command))
    else values[token.name] = value
    seen.add(token.name)
  }
  refuseMissingWords(command, values)
  return values
}

/** argv to values. Throws a UserError with exit code 2 for whatever the command does not declare. */
export const parseCommandLine = (
  command: Command,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Parsed => {
  const tokens = tokenize(argv, command.flags)
  if (tokens.some((token) => token.kind === 'option' && token.name === 'help')) return { help: true }
  // One option that came through says that `--` stood there. Words come through without it.
  const bare = tokens.every(({ kind }) => kind === 'positional')
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []))
  const swallowed =
    bare && (words.length === 0 || command.words !== undefined) ? swallowedByNpm(command, env) : undefined
  if (swallowed !== undefined)
    throw usageError(
      `npm kept --${swallowed} for itself`,
      `put -- before the options: ${rewrite(command, swallowed, words.at(-1), env)}`,
    )
  return { help: false, values: collect(command, tokens, env) }
}
