import { basename } from 'node:path'
import { quoteWord } from '../../config/shell-word.ts'
import type { LaptopPlace } from '../../laptop/place.ts'
import type { CliFacts, Environment, Reply, ShellStart } from '../../laptop/verify/facts.ts'
import { askProgram } from '../setup/ask-program.ts'

/** Whatever a start file prints stands before it. */
const mark = 'kiro-laptop-environment:'
const script = `console.log("\\n${mark}" + JSON.stringify(process.env))`

const parseEnvironment = ({ stdout }: Reply): Environment | undefined => {
  const line = stdout.split('\n').findLast((text) => text.startsWith(mark))
  return line === undefined ? undefined : (JSON.parse(line.slice(mark.length)) as Environment)
}

/** Runs a program as Kiro would run it, from this terminal as it is. */
export type Ask = (words: readonly string[], seconds?: number) => Promise<Reply>

/**
 * A shell that starts as for a person takes the terminal, and a second one, or one that is cut off, leaves it with
 * nobody: then the whole group of this command is stopped. https://www.gnu.org/software/libc/manual/html_node/Initializing-the-Shell.html
 */
export const throughLauncher =
  (place: LaptopPlace, env: NodeJS.ProcessEnv, signal: AbortSignal): Ask =>
  (words, seconds = 60) =>
    askProgram(place.launcher, ['run', ...words], { env, seconds, apart: signal })

export const askEnvironment = async (ask: Ask): Promise<Environment | undefined> =>
  parseEnvironment(await ask([process.execPath, '-e', script]))

/**
 * Kiro runs commands with bash, the IDE's terminal with the person's shell; each may read start files first.
 * An interactive start may wait for somebody, so it gets little time.
 */
export const askShells = async (ask: Ask, shell: string | undefined): Promise<readonly ShellStart[]> => {
  const bash = ['-c', '-lc'].map((flag) => ({ program: 'bash', flag }))
  const own = ['-c', '-lc', '-ic'].map((flag) => ({ program: shell || 'bash', flag }))
  const starts = [...bash, ...own].map((start) => ({
    ...start,
    command: `${basename(start.program)} ${start.flag}`,
  }))
  const unique = starts.filter(
    ({ command }, index) => starts.findIndex((one) => one.command === command) === index,
  )
  return Promise.all(
    unique.map(async ({ program, flag, command }) => {
      const line = `${quoteWord(process.execPath)} -e ${quoteWord(script)}`
      return { command, environment: parseEnvironment(await ask([program, flag, line], 20)) }
    }),
  )
}

/** @param names profiles to ask for one by one */
export const askCli = async (ask: Ask, names: readonly string[]): Promise<CliFacts | undefined> => {
  const version = await ask(['aws', '--version'])
  if (version.exitCode !== 0) return undefined
  const list = ['aws', 'configure', 'list']
  const [profiles, asStarted, withoutProfile, ...replies] = await Promise.all([
    ask(['aws', 'configure', 'list-profiles']),
    ask(list),
    ask(['env', '-u', 'AWS_PROFILE', ...list]),
    ...names.map((name) => ask([...list, '--profile', name])),
  ])
  return {
    // Old ones say it on stderr.
    version: `${version.stdout}${version.stderr}`.split(/\s/)[0] ?? '',
    profiles: profiles.exitCode === 0 ? profiles.stdout.split(/\r?\n/).filter(Boolean) : undefined,
    asStarted,
    withoutProfile,
    byProfile: new Map(
      names.flatMap((name, index) => {
        const reply = replies[index]
        return reply === undefined ? [] : [[name, reply] as const]
      }),
    ),
  }
}
