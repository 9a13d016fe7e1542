import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createArtifactShelf } from '../artifacts/shelf.ts'
import { clearRefused, markRefused } from '../control/refusal-file.ts'
import { createActivity } from './activity.ts'
import { assemble } from './assemble.ts'
import { createBackend } from './backend.ts'
import { watchBooks } from './books.ts'
import { openJournal } from './journal.ts'
import { openLog } from './log.ts'
import { createNotice } from './notice.ts'
import type { GatewayOptions } from './options.ts'
import { listenNear } from './port.ts'
import { createGatewayServer } from './server.ts'
import { isFailure, type ShimFailure, type ShimReady, startShim } from './shim.ts'
import { readStatus } from './status.ts'
import { type ControlState, supervise } from './supervisor.ts'

/** Requests in flight at the end of a daemon get this long. */
const lastCalls = 20_000

export interface Daemon {
  readonly port: number
  /** Finishes what is in flight, ends moto, leaves no control file. Further calls wait for the first. */
  stop(reason: string): Promise<void>
  /** After stop() has done its work, whoever called it. */
  readonly stopped: Promise<void>
  readonly log: (line: string) => void
  /** Writes what the journal still holds, for an end that nobody planned. */
  readonly flush: () => void
}

const explainStart = (folder: string, state: ControlState | undefined): ShimFailure => {
  if (state?.kind !== 'failed') return { error: 'start', detail: 'moto was not ready in time' }
  const { error, detail } = state.failure
  if (error === 'corrupt' || error === 'version') markRefused(folder, error, detail)
  return state.failure
}

const openFolder = (folder: string): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
}

/** Bytes that the address of a socket takes on every system we run on. */
const longestSocket = 103

/** A socket file costs a call less than a port of loopback, and no other user of the machine reaches it. */
const planSocket = (folder: string): string | undefined => {
  const path = join(folder, 'moto.sock')
  return Buffer.byteLength(path) <= longestSocket ? path : undefined
}

const secret = (): string => randomBytes(32).toString('hex')

/** Resolves when calls are answered; a failure is for the starter to explain. */
export const startDaemon = async (options: GatewayOptions): Promise<Daemon | ShimFailure> => {
  const { folder, root, python, idleMinutes } = options
  openFolder(folder)
  const log = openLog(join(folder, 'gateway.log'))
  const now = () => performance.now()
  const [began, token, shimToken] = [now(), secret(), secret()]
  const notice = createNotice(options, token)
  const supervisor = supervise({
    start: () => startShim({ python, root, folder, token: shimToken, socket: planSocket(folder), log }),
    log,
    now,
    onFailed: notice.showFailure,
  })
  const first = await supervisor.settled(30_000)
  if (first?.kind !== 'ready') {
    await supervisor.stop()
    return explainStart(folder, first)
  }
  clearRefused(folder)

  const activity = createActivity(now)
  const journal = openJournal({ file: join(folder, 'journal.jsonl'), log })
  const backend = createBackend(supervisor, shimToken, () => guests.on)
  let port = 0
  const { gateway, guests, ...assembled } = assemble({
    ...{ options, backend, journal, activity, log, now },
    operator: first.ready.operator.arn,
    host: () => `127.0.0.1:${port}`,
    internal: (machines, sessions) => ({
      token,
      health: notice.health,
      artifact: createArtifactShelf(options.root),
      status: () => readStatus(supervisor, activity, machines, began),
      turnOnGuests: (request) => machines.turnOn(request),
      setSessionFault: sessions.setFault,
      stop: () => stop('asked to'),
    }),
  })
  const server = createGatewayServer(gateway)

  const end = async (reason: string) => {
    log(`stopping: ${reason}`)
    notice.remove()
    server.close()
    await activity.quiet(lastCalls)
    server.closeIdleConnections()
    await assembled.stop()
    await supervisor.stop()
    backend.close()
    journal.close()
    log('stopped')
  }
  let ending: Promise<void> | undefined
  let reportEnd = () => {}
  const stopped = new Promise<void>((resolve) => {
    reportEnd = resolve
  })
  const stop = (reason: string): Promise<void> => {
    ending ??= end(reason).finally(reportEnd)
    return ending
  }

  port = await listenNear(server, folder, join(folder, 'port'), log)
  notice.show(port, first.ready)
  log(`listening on 127.0.0.1:${port}`)
  guests.resume()
  const idle = idleMinutes * 60_000
  const books = watchBooks(folder)
  const look = () => {
    if (ending !== undefined) return
    if (books.areGone()) void stop('its books were removed')
    else if (activity.idle() > idle) void stop(`no call for ${idleMinutes} minutes`)
    else if (books.controlFileIsGone()) notice.show(port, first.ready)
  }
  setInterval(look, Math.min(idle / 4, 5000)).unref()
  return { port, stop, stopped, log, flush: journal.flush }
}

export const isStartFailure = (started: Daemon | ShimFailure): started is ShimFailure =>
  isFailure(started as ShimFailure | ShimReady)
