import { runTerminal } from '../../connect/ssm/run-terminal.ts'
import { type Errand, explained, settle, start } from './errand.ts'
import { askLogin, ensureLogin, logIn } from './login.ts'
import type { SessionRequest } from './plan-connect.ts'

interface Beside {
  readonly signal: AbortSignal
  readonly welcome: Promise<void>
}

/** Person here, terminal there. */
export const terminal = async (errand: Errand, request: SessionRequest, beside?: Beside): Promise<number> => {
  const { here, connect, delegated } = await start(errand, request)
  if (delegated !== undefined) return delegated
  const { io } = errand.context
  const ended = await runTerminal(connect, {
    ...{ input: process.stdin, output: process.stdout, signal: beside?.signal ?? io.signal },
    welcome: beside?.welcome,
    tell: (line) => io.story.warn(line),
  }).catch(explained(here))
  return settle(errand, here, ended)
}

/** What one mends a login with must open without one: then it is only said what went wrong. */
const lenient = async (errand: Errand, work: Promise<unknown>): Promise<void> => {
  const { io } = errand.context
  try {
    await work
  } catch (error) {
    if (io.signal.aborted) throw error
    io.story.warn((error as Error).message)
  }
}

/**
 * Kiro is asked for its login while the shell opens, for each is a session of its own. Who has to log in first needs
 * the terminal for that: the shell that has opened meanwhile is given up, and another one opens afterwards.
 */
export const shell = async (errand: Errand, request: SessionRequest): Promise<number> => {
  const { context, plugin } = errand
  if (!context.io.interactive) return terminal(errand, request)
  if (plugin) {
    await lenient(errand, ensureLogin(context, errand))
    return terminal(errand, request)
  }
  const givenUp = new AbortController()
  const asking = askLogin(context, errand).then((known) => {
    if (!known) givenUp.abort()
  })
  const signal = AbortSignal.any([context.io.signal, givenUp.signal])
  // Ctrl-C ends the shell itself.
  const welcome = lenient(errand, asking).catch(() => {})
  const code = await terminal(errand, request, { signal, welcome }).finally(() => welcome)
  if (!givenUp.signal.aborted) return code
  await lenient(errand, logIn(context, errand))
  return terminal(errand, request)
}
