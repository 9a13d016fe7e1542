import { exitCode } from '../../config/user-error.ts'
import type { ChannelTrouble } from '../../connect/ssm/channel.ts'
import type { Connector } from '../../connect/ssm/connector.ts'
import type { SessionEnd } from '../../connect/ssm/session.ts'
import { interrupted } from '../cli/interrupts.ts'
import type { Context } from '../sandbox/context.ts'
import { explainConnection, explainEnd, type Place } from './explain.ts'
import { connectorFor, openTicket } from './open-session.ts'
import type { SessionRequest } from './plan-connect.ts'
import { runPlugin } from './run-plugin.ts'

export interface ConnectOptions {
  readonly reason: string | undefined
  readonly browser: boolean
  /** An installed session-manager-plugin does it instead of us. */
  readonly plugin: boolean
}

/** Everything one connection is about. */
export interface Errand extends ConnectOptions {
  readonly context: Context
  readonly place: Place
}

interface Started {
  readonly here: Place
  readonly connect: Connector
  /** The plugin has it. */
  readonly delegated?: Promise<number>
}

export const start = async (
  { context, place, reason, plugin }: Errand,
  request: SessionRequest,
): Promise<Started> => {
  const here = { ...place, document: request.document }
  const ticket = await context.io.story.step('Session', (note) =>
    openTicket(context, here, request, reason, note),
  )
  const connect = connectorFor(context, here, ticket)
  if (!plugin) return { here, connect }
  return { here, connect, delegated: runPlugin(context, here, ticket) }
}

/** What a session that ended becomes for whoever typed the command. */
export const settle = ({ context }: Errand, here: Place, ended: SessionEnd): number => {
  if (context.io.signal.aborted && ended.exitCode === undefined) throw interrupted()
  const failure = explainEnd(ended, here)
  if (failure !== undefined) throw failure
  if (ended.end.kind === 'left' && ended.exitCode === undefined) return exitCode.interrupted
  return ended.exitCode ?? exitCode.done
}

export const explained =
  (here: Place) =>
  (error: unknown): never => {
    throw explainConnection(error, here)
  }

export const tellTrouble =
  ({ context: { io } }: Errand) =>
  (trouble: ChannelTrouble): void =>
    io.story.warn(
      trouble.kind === 'back' ? 'connected again' : `connection lost (${trouble.reason}); coming back`,
    )
