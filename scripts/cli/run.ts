import { createInterface } from 'node:readline/promises'
import { exitCode, UserError } from '../../config/user-error.ts'
import type { Command } from './command.ts'
import { renderHelp } from './help.ts'
import type { Io } from './io.ts'
import { parseCommandLine } from './parse.ts'
import { createStory, paint, type Terminal } from './progress.ts'

const stderrTerminal = (): Terminal => ({
  stream: process.stderr,
  // https://no-color.org: present and not empty means off.
  colours: process.stderr.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb',
  now: () => performance.now(),
})

const ask = async (question: string): Promise<boolean> => {
  const readline = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await readline.question(`${question} [y/N] `)).trim())
  } finally {
    readline.close()
  }
}

const createIo = (terminal: Terminal, signal: AbortSignal): Io => ({
  story: createStory(terminal),
  interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
  signal,
  answer: (text) => process.stdout.write(`${text}\n`),
  confirm: ask,
  labelled: (label) => createStory(terminal, label),
})

/** First line: what went wrong. Then the hint. A bug shows its stack and says that it is one. */
export const renderError = (error: unknown, terminal: Terminal): { text: string; code: number } => {
  if (error instanceof UserError) {
    const hint = error.hint === undefined ? '' : `\n${paint(terminal, 'bold', 'hint:')}  ${error.hint}`
    return { text: `${paint(terminal, 'red', 'error:')} ${error.message}${hint}`, code: error.exitCode }
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return {
    text: `${paint(terminal, 'red', 'bug:')} ${stack}\nhint:  this is a fault of the tool itself; please report the lines above`,
    code: exitCode.failed,
  }
}

const onInterrupt = (controller: AbortController, story: Io['story']) => {
  const interrupt = () => {
    if (controller.signal.aborted) return
    story.warn('interrupted: finishing what must not be cut in half (Ctrl-C again to force)')
    controller.abort(
      new UserError('interrupted', { exitCode: exitCode.interrupted, hint: 'the same command continues' }),
    )
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
}

/** Runs one command of one process and returns its exit code. The only place that turns errors into text. */
export const runCommand = async (command: Command, argv: readonly string[]): Promise<number> => {
  const terminal = stderrTerminal()
  const controller = new AbortController()
  // A reader that goes away (`| head`) is no fault of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCode.done)
    throw error
  })
  try {
    const parsed = parseCommandLine(command, argv, process.env)
    if (parsed.help) {
      process.stdout.write(`${renderHelp(command)}\n`)
      return exitCode.done
    }
    const io = createIo(terminal, controller.signal)
    onInterrupt(controller, io.story)
    return (await command.run(parsed.values as never, io)) ?? exitCode.done
  } catch (error) {
    const { text, code } = renderError(error, terminal)
    process.stderr.write(`${text}\n`)
    return code
  }
}
