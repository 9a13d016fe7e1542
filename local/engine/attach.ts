import { createExec, findExitCode } from './exec-state.ts'
import { createFrameReader, type FrameKind } from './frames.ts'
import { expectReply, type Wire } from './wire.ts'

export interface AttachOptions {
  /** With a terminal both streams are one, and arrive as stdout. */
  readonly terminal: boolean
  readonly env?: readonly string[]
  readonly folder?: string
  readonly onData: (kind: FrameKind, data: Buffer) => void
  readonly onDrain?: () => void
}

/** A program in a guest that somebody talks with. */
export interface Attached {
  /** False: wait for `onDrain` before there is more. */
  write(data: Buffer): boolean
  resize(size: { readonly cols: number; readonly rows: number }): Promise<void>
  /** Stops reading what it says; it waits once its pipe is full. */
  pause(): void
  resume(): void
  /** Ends the talk, not the program: an engine cannot kill what it has started inside. */
  leave(): void
  /** Exit code, after the last byte has arrived. */
  readonly ended: Promise<number>
}

/** Starts a program inside a running container; resolves when it can be talked to. */
export const attachToContainer = async (
  wire: Wire,
  container: string,
  argv: readonly string[],
  options: AttachOptions,
): Promise<Attached> => {
  const { terminal, env = [], folder, onData, onDrain } = options
  const exec = await createExec(wire, container, {
    ...{ Cmd: argv, User: 'root', Env: env, AttachStdin: true, Tty: terminal },
    ...(folder === undefined ? {} : { WorkingDir: folder }),
  })
  const { socket, head } = await wire.upgrade(`/exec/${exec}/start`, { Detach: false, Tty: terminal })
  const read = terminal ? (data: Buffer) => onData('stdout', data) : createFrameReader(onData)
  if (onDrain !== undefined) socket.on('drain', onDrain)
  const closed = new Promise<void>((resolve) => {
    socket.on('end', resolve)
    socket.on('close', resolve)
    // The connection of an engine that died: nothing more will come.
    socket.on('error', () => resolve())
  })
  socket.on('data', read)
  if (head.length > 0) read(head)
  return {
    write: (data) => socket.write(data),
    async resize({ cols, rows }) {
      const reply = await wire.ask('POST', `/exec/${exec}/resize?w=${cols}&h=${rows}`)
      expectReply('resize a terminal', reply)
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    leave: () => void socket.destroy(),
    ended: closed.then(() => findExitCode(wire, exec)).finally(() => socket.destroy()),
  }
}
