import { silentStory } from '../../config/story.ts'
import { exitCode, UserError } from '../../config/user-error.ts'
import type { Command } from './command.ts'
import { ask, confirm } from './confirm.ts'
import { listenForCrashes } from './crashes.ts'
import { renderHelp } from './help.ts'
import { listenForInterrupts } from './interrupts.ts'
import type { Io } from './io.ts'
import { parseCommandLine } from './parse.ts'
import { createStory, harmless, paint, type Terminal } from './progress.ts'

const stderrTerminal = (): Terminal => ({
  stream: process.stderr,
  // https://no-color.org: present and not empty means off.
  colours: process.stderr.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb',
  now: () => performance.now(),
})

const createIo = (terminal: Terminal, signal: AbortSignal): Io => ({
  story: createStory(terminal),
  interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
  signal,
  answer: (text) => process.stdout.write(`${harmless(text)}\n`),
  confirm: (question) => confirm(harmless(question)),
  ask: (question) => ask(harmless(question)),
  labelled: (label) => createStory(terminal, label),
})

/** First line: what went wrong. Then the hint. A bug shows its stack and says that it is one. */
export const renderError = (error: unknown, terminal: Terminal): { text: string; code: number } => {
  if (error instanceof UserError) {
    const hint =
      error.hint === undefined ? '' : `\n${paint(terminal, 'bold', 'hint:')}  ${harmless(error.hint)}`
    return {
      text: `${paint(terminal, 'red', 'error:')} ${harmless(error.message)}${hint}`,
      code: error.exitCode,
    }
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return {
    text: `${paint(terminal, 'red', 'bug:')} ${stack}\nhint:  this is a fault of the tool itself; please report the lines above`,
    code: exitCode.failed,
  }
}

/** A reader that goes away (`| head`) is no fault of ours, nor is a terminal that was closed. */
const survivesLostReaders = (): void => {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever listens himself has something to end first.
    if (error.code === 'EPIPE' && process.stdout.listenerCount('error') === 1) process.exit(exitCode.done)
    if (error.code !== 'EIO' && error.code !== 'EPIPE') throw error
  })
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  })
}

/** After an interruption every error is a consequence of it; the person wants to hear of the interruption. */
const causeOf = (error: unknown, signal: AbortSignal): unknown =>
  signal.aborted && !(error instanceof UserError && error.exitCode === exitCode.interrupted)
    ? signal.reason
    : error

const tell = (error: unknown, terminal: Terminal): number => {
  const { text, code } = renderError(error, terminal)
  process.stderr.write(`${text}\n`)
  return code
}

/** Runs one command of one process and returns its exit code. The only place that turns errors into text. */
export const runCommand = async (command: Command, argv: readonly string[]): Promise<number> => {
  const terminal = stderrTerminal()
  const controller = new AbortController()
  let takeFault: ReturnType<typeof listenForCrashes> = () => undefined
  survivesLostReaders()
  try {
    const parsed = parseCommandLine(command, argv, process.env)
    if (parsed.help) {
      process.stdout.write(`${renderHelp(command)}\n`)
      return exitCode.done
    }
    const io = createIo(terminal, controller.signal)
    listenForInterrupts(controller, command.endsQuietly === true ? silentStory : io.story)
    takeFault = listenForCrashes(controller, (fault) => void tell(fault, terminal))
    const code = (await command.run(parsed.values as never, io)) ?? exitCode.done
    const crash = takeFault()
    return crash === undefined ? code : tell(crash.fault, terminal)
  } catch (error) {
    const crash = takeFault()
    if (crash !== undefined) return tell(crash.fault, terminal)
    return tell(causeOf(error, controller.signal), terminal)
  }
}
