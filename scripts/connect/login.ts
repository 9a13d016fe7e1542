import { PassThrough } from 'node:stream'
import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import { openBrowser, planBrowser } from '../../connect/login/browser.ts'
import type { DeviceCode } from '../../connect/login/device-flow.ts'
import { createKeyboard } from '../../connect/login/keyboard.ts'
import { renderDeviceCode } from '../../connect/login/render-code.ts'
import { type LoginOutcome, runLogin } from '../../connect/login/run-login.ts'
import { runSessionCommand } from '../../connect/ssm/run-command.ts'
import { interrupted } from '../cli/interrupts.ts'
import type { Context } from '../sandbox/context.ts'
import { explainConnection, explainEnd, type Place } from './explain.ts'
import { connectorFor, openTicket } from './open-session.ts'
import { planCommandRequest, planLoginRequest } from './plan-connect.ts'

export interface LoginRequest {
  readonly place: Place
  readonly reason: string | undefined
  readonly browser: boolean
}

const within = (place: Place, document: string): Place => ({ ...place, document })

/** kiro-cli's own answer: 0 is logged in, 1 is not. It must not wait for input. */
export const isLoggedIn = async (context: Context, { place, reason }: LoginRequest): Promise<boolean> => {
  const here = within(place, names.sessionDocuments.command)
  const ticket = await openTicket(context, here, planCommandRequest('kiro-cli whoami </dev/null'), reason)
  const [output, errorOutput] = [new PassThrough(), new PassThrough()]
  let said = ''
  for (const stream of [output, errorOutput])
    stream.on('data', (text: Buffer) => {
      said += text
    })
  const ended = await runSessionCommand(connectorFor(context, here, ticket), {
    ...{ output, errorOutput, signal: context.io.signal, onTrouble: () => {} },
  }).catch((error: unknown) => {
    throw explainConnection(error, here)
  })
  context.io.signal.throwIfAborted()
  const failure = explainEnd(ended, here)
  if (failure !== undefined) throw failure
  if (ended.exitCode === 0 || ended.exitCode === 1) return ended.exitCode === 0
  throw new UserError(`kiro-cli does not work on ${place.instanceId}: ${said.trim() || 'it says nothing'}`, {
    hint: 'npm run image:verify; a sandbox from a golden image has it: sandbox:down, then sandbox:up',
  })
}

const explainOutcome = (outcome: LoginOutcome, { user }: Place): UserError | undefined => {
  const again = { hint: `npm run ssm:connect -- --user ${user} --login-only` }
  if (outcome.kind === 'loggedIn' || outcome.kind === 'alreadyLoggedIn') return undefined
  if (outcome.kind === 'expired')
    return new UserError('the code has expired before anybody approved the login', again)
  if (outcome.kind === 'refused') return new UserError('the login was refused in the browser', again)
  if (outcome.kind === 'noTerminal') return new UserError('kiro-cli has not seen its terminal', again)
  return new UserError(`the login has failed: ${outcome.text}`, again)
}

/** Straight to the terminal: nothing that keeps lines may see a code that waits. */
const showCode = async (device: DeviceCode, browser: boolean): Promise<void> => {
  const { stderr } = process
  stderr.write(`${renderDeviceCode(device, { rows: stderr.rows ?? 24, columns: stderr.columns ?? 80 })}\n`)
  const opener = browser ? planBrowser(device.url, process.platform, process.env) : undefined
  if (opener === undefined) return
  const opened = await openBrowser(opener)
  stderr.write(opened ? 'Opened in your browser. ' : 'The browser did not start; open the link yourself. ')
  stderr.write('Waiting for the approval...\n')
}

const showLogin = async (context: Context, { place, reason, browser }: LoginRequest): Promise<void> => {
  const { settings, io } = context
  const here = within(place, names.sessionDocuments.login)
  const ticket = await openTicket(context, here, planLoginRequest(settings.login), reason)
  const { outcome, ended } = await runLogin(connectorFor(context, here, ticket), {
    ...{ startUrl: settings.login.startUrl, signal: io.signal },
    keyboard: createKeyboard(process.stdin, process.stderr),
    onCode: (device) => void showCode(device, browser),
    onTrouble: ({ kind }) =>
      io.story.warn(kind === 'lost' ? 'connection lost; coming back' : 'connected again'),
  }).catch((error: unknown) => {
    throw explainConnection(error, here)
  })
  if (io.signal.aborted) throw interrupted()
  const failure = explainOutcome(outcome, place)
  if (failure === undefined) return
  throw (outcome.kind === 'failed' ? explainEnd(ended, here) : undefined) ?? failure
}

/** Asks kiro-cli whether somebody is logged in. */
export const askLogin = (context: Context, request: LoginRequest): Promise<boolean> =>
  context.io.story.step('Is Kiro logged in?', () => isLoggedIn(context, request))

/** For when nobody is logged in. */
export const logIn = async (context: Context, request: LoginRequest): Promise<void> => {
  const { io } = context
  if (!io.interactive)
    throw new UserError(`Kiro is not logged in on the sandbox of ${request.place.user}`, {
      hint: `in a terminal: npm run ssm:connect -- --user ${request.place.user} --login-only`,
    })
  await io.story.step('Login of Kiro', (note) => {
    note('nobody has approved it yet')
    return showLogin(context, request)
  })
}

/** @returns whether somebody was logged in before */
export const ensureLogin = async (context: Context, request: LoginRequest): Promise<boolean> => {
  const known = await askLogin(context, request)
  if (!known) await logIn(context, request)
  return known
}
