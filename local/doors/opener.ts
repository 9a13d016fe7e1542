import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket as Datagrams } from 'node:dgram'
import type { Server, Socket } from 'node:net'
import { join } from 'node:path'

/** A socket to open inside a guest. */
export interface Listen {
  readonly door: string
  readonly type: 'tcp' | 'udp'
  readonly host: string
  readonly port: number
}

export type Handle = Server | Datagrams | Socket
/** Called when a handle arrives; whoever waits longer before he listens to it misses what comes in meanwhile. */
export type Take = (door: string, handle: Handle) => void

/** Opens sockets in network namespaces of other processes; see opener.py for how. */
export interface Opener {
  /** Resolves when all are open; with a rejection none stays open. The addresses are added to lo first. */
  open(pid: number, addresses: readonly string[], listen: readonly Listen[], take: Take): Promise<void>
  /** A connection to a port of the guest. Rejects as connect does, with a `code`. */
  dial(pid: number, port: number, host?: string): Promise<Socket>
  close(): void
}

export interface OpenerOptions {
  readonly root: string
  readonly python: string
  readonly log: (line: string) => void
}

interface Waiting {
  readonly wanted: number
  readonly handles: Handle[]
  readonly take: Take
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

type Answer = { readonly id: number; readonly door?: string; readonly error?: string; readonly code?: string }

const dialSeconds = 10

const discard = (handle: Handle): void => void ('destroy' in handle ? handle.destroy() : handle.close())

const asError = ({ error, code }: Answer): Error =>
  Object.assign(new Error(`inside the guest: ${error}`), { code })

/** Settings of the person who started us are not for it, nor certificates that Node would read at its start. */
const planEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^(AWS|MOTO|NODE|PYTHON)/.test(name)))

/** One life of the process, and who waits for an answer of it. */
interface Life {
  readonly child: ChildProcess
  readonly waiting: Map<number, Waiting>
}

const fail = (waiting: Life['waiting'], id: number, error: Error): void => {
  const one = waiting.get(id)
  waiting.delete(id)
  for (const opened of one?.handles ?? []) discard(opened)
  one?.reject(error)
}

const receive = (waiting: Life['waiting'], answer: Answer, handle: Handle | undefined): void => {
  const one = waiting.get(answer.id)
  if (handle === undefined) fail(waiting, answer.id, asError(answer))
  // Too late: what it belongs to has failed meanwhile.
  else if (one === undefined) discard(handle)
  else {
    one.handles.push(handle)
    one.take(answer.door ?? '', handle)
    if (one.handles.length < one.wanted) return
    waiting.delete(answer.id)
    one.resolve()
  }
}

const begin = ({ root, python, log }: OpenerOptions): Life => {
  const waiting: Life['waiting'] = new Map()
  const child = spawn(python, ['-I', '-S', join(root, 'local', 'doors', 'opener.py')], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: planEnvironment(process.env),
  })
  const end = (how: string) => {
    const error = new Error(`the opener of sockets in guests ended: ${how}`)
    for (const id of [...waiting.keys()]) fail(waiting, id, error)
  }
  child.on('message', (answer, handle) => receive(waiting, answer as Answer, handle as Handle | undefined))
  child.on('error', (error) => end(error.message))
  child.on('exit', (code, signal) => end(signal ?? `exit code ${code}`))
  child.stderr?.on('data', (text: Buffer) => log(`opener: ${text.toString().trimEnd()}`))
  return { child, waiting }
}

/** Started with the first guest, and again when somebody has killed it; sockets that it has opened stay ours. */
export const createOpener = (options: OpenerOptions): Opener => {
  let life: Life | undefined
  let last = 0

  const ask = (wanted: number, question: Record<string, unknown>, take: Take): Promise<void> =>
    new Promise((resolve, reject) => {
      if (life === undefined || !life.child.connected) life = begin(options)
      const { child, waiting } = life
      last += 1
      const id = last
      waiting.set(id, { wanted, handles: [], take, resolve, reject })
      child.send({ id, ...question }, (error) => {
        if (error !== null) fail(waiting, id, error)
      })
    })

  return {
    open: (pid, addresses, listen, take) => ask(listen.length, { do: 'open', pid, addresses, listen }, take),
    dial: (pid, port, host = '127.0.0.1') =>
      new Promise((resolve, reject) => {
        const question = { do: 'dial', pid, host, port, seconds: dialSeconds }
        ask(1, question, (_door, socket) => resolve(socket as Socket)).catch(reject)
      }),
    close: () => void life?.child.kill(),
  }
}
