import { exitCode } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import type { ChannelTrouble } from '../../connect/ssm/channel.ts'
import type { Connector } from '../../connect/ssm/connector.ts'
import { runSessionCommand } from '../../connect/ssm/run-command.ts'
import { runForward } from '../../connect/ssm/run-forward.ts'
import { runTerminal } from '../../connect/ssm/run-terminal.ts'
import type { SessionEnd } from '../../connect/ssm/session.ts'
import { interrupted } from '../cli/interrupts.ts'
import { staySmall } from '../cli/stay-small.ts'
import type { Context } from '../sandbox/context.ts'
import { explainConnection, explainEnd, type Place } from './explain.ts'
import type { Forward } from './forward.ts'
import { ensureLogin } from './login.ts'
import { connectorFor, openTicket } from './open-session.ts'
import {
  type ConnectPlan,
  planForwardRequest,
  planSessionRequest,
  type SessionRequest,
} from './plan-connect.ts'
import { reachMachine } from './reach.ts'
import { runPlugin } from './run-plugin.ts'

export interface ConnectOptions {
  readonly reason: string | undefined
  readonly browser: boolean
  /** An installed session-manager-plugin does it instead of us. */
  readonly plugin: boolean
}

/** Everything one connection is about. */
interface Errand extends ConnectOptions {
  readonly context: Context
  readonly place: Place
}

/** Returns the exit code of what ran there. */
export const connectSandbox = async (
  context: Context,
  user: UserName,
  plan: ConnectPlan,
  options: ConnectOptions,
): Promise<number> => {
  const { instanceId } = await reachMachine(context, user)
  const place = { user, instanceId, region: context.target.region, document: '' }
  const errand = { context, place, ...options }
  if (plan.kind === 'forward') return forwardAll(errand, plan.forwards)
  if (plan.kind === 'command') return command(errand, planSessionRequest(plan))
  if (plan.kind === 'login') return loginOnly(errand)
  if (plan.kind === 'agent' || context.io.interactive) await loginFirst(errand, plan.kind === 'shell')
  return terminal(errand, planSessionRequest(plan))
}

const loginOnly = async (errand: Errand): Promise<number> => {
  const before = await ensureLogin(errand.context, errand)
  if (before) errand.context.io.story.say('Kiro is logged in already')
  return exitCode.done
}

/** A shell is also what one mends a login with: there it only says what went wrong. */
const loginFirst = async (errand: Errand, lenient: boolean): Promise<void> => {
  const { io } = errand.context
  try {
    await ensureLogin(errand.context, errand)
  } catch (error) {
    if (!lenient || io.signal.aborted) throw error
    io.story.warn((error as Error).message)
  }
}

const start = async (
  { context, place, reason, plugin }: Errand,
  request: SessionRequest,
): Promise<{ here: Place; connect: Connector; delegated?: Promise<number> }> => {
  const here = { ...place, document: request.document }
  const ticket = await context.io.story.step('Session', (note) =>
    openTicket(context, here, request, reason, note),
  )
  const connect = connectorFor(context, here, ticket)
  if (!plugin) return { here, connect }
  return { here, connect, delegated: runPlugin(context, here, ticket) }
}

/** What a session that ended becomes for whoever typed the command. */
const settle = ({ context }: Errand, here: Place, ended: SessionEnd): number => {
  if (context.io.signal.aborted && ended.exitCode === undefined) throw interrupted()
  const failure = explainEnd(ended, here)
  if (failure !== undefined) throw failure
  if (ended.end.kind === 'left' && ended.exitCode === undefined) return exitCode.interrupted
  return ended.exitCode ?? exitCode.done
}

const explained =
  (here: Place) =>
  (error: unknown): never => {
    throw explainConnection(error, here)
  }

const tellTrouble =
  ({ context: { io } }: Errand) =>
  (trouble: ChannelTrouble): void =>
    io.story.warn(
      trouble.kind === 'back' ? 'connected again' : `connection lost (${trouble.reason}); coming back`,
    )

const terminal = async (errand: Errand, request: SessionRequest): Promise<number> => {
  const { here, connect, delegated } = await start(errand, request)
  if (delegated !== undefined) return delegated
  const { io } = errand.context
  const ended = await runTerminal(connect, {
    ...{ input: process.stdin, output: process.stdout, signal: io.signal },
    tell: (line) => io.story.warn(line),
  }).catch(explained(here))
  return settle(errand, here, ended)
}

const command = async (errand: Errand, request: SessionRequest): Promise<number> => {
  const { here, connect, delegated } = await start(errand, request)
  if (delegated !== undefined) return delegated
  const { signal } = errand.context.io
  const ended = await runSessionCommand(connect, {
    ...{ output: process.stdout, errorOutput: process.stderr, signal },
    onTrouble: tellTrouble(errand),
  }).catch(explained(here))
  return settle(errand, here, ended)
}

/** One that fails ends the others too: left alone, their sessions would go on until they are idle for too long. */
const forwardAll = async (errand: Errand, forwards: readonly Forward[]): Promise<number> => {
  staySmall()
  const failed = new AbortController()
  const signal = AbortSignal.any([errand.context.io.signal, failed.signal])
  const ended = await Promise.allSettled(
    forwards.map((one) =>
      forward(errand, one, signal).catch((error: unknown) => {
        failed.abort(error)
        throw error
      }),
    ),
  )
  if (failed.signal.aborted) throw failed.signal.reason
  const codes = ended.map((one) => (one.status === 'fulfilled' ? one.value : exitCode.failed))
  return codes.find((code) => code !== 0) ?? exitCode.done
}

const forward = async (
  errand: Errand,
  { localPort, host, port }: Forward,
  signal: AbortSignal,
): Promise<number> => {
  const { here, connect, delegated } = await start(errand, planForwardRequest({ localPort, host, port }))
  if (delegated !== undefined) return delegated
  const { io } = errand.context
  const there = host === undefined ? `port ${port} of ${here.instanceId}` : `${host}:${port}`
  const ended = await runForward(connect, {
    ...{ localPort, signal, onTrouble: tellTrouble(errand) },
    onListening: (number) => io.story.say(`127.0.0.1:${number} leads to ${there}; Ctrl-C ends it`),
    onRefused: () => io.story.warn(`nothing answers at ${there}`),
  }).catch(explained(here))
  // Ctrl-C is how a forward ends.
  if (ended.end.kind === 'left') return exitCode.done
  return settle(errand, here, ended)
}
