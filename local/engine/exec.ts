import type { Ran, RunOptions } from '../guests/shell.ts'
import { createFrameReader, createKeeper } from './frames.ts'
import { expectReply, type Wire } from './wire.ts'

const oneMegabyte = 1024 * 1024

const createExec = async (
  wire: Wire,
  container: string,
  argv: readonly string[],
  { stdin, user = 'root' }: RunOptions,
): Promise<string> => {
  const reply = await wire.ask('POST', `/containers/${container}/exec`, {
    Cmd: argv,
    User: user,
    AttachStdin: stdin !== undefined,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
  })
  return (JSON.parse(expectReply(`run ${argv[0]}`, reply).toString()) as { Id: string }).Id
}

/** Reads until the program has closed both streams. */
const converse = async (wire: Wire, exec: string, options: RunOptions): Promise<Omit<Ran, 'exitCode'>> => {
  const { socket, head } = await wire.upgrade(`/exec/${exec}/start`, { Detach: false, Tty: false })
  const [out, err] = [
    createKeeper(options.largest ?? oneMegabyte),
    createKeeper(options.largest ?? oneMegabyte),
  ]
  const read = createFrameReader((kind, data) => (kind === 'stderr' ? err : out).add(data))
  const stop = () => socket.destroy(new Error('nobody waits for this program any more'))
  options.signal?.addEventListener('abort', stop)
  try {
    await new Promise<void>((resolve, reject) => {
      socket.on('data', read)
      socket.on('end', resolve)
      socket.on('close', resolve)
      socket.on('error', reject)
      read(head)
      if (options.stdin !== undefined) socket.end(options.stdin)
      options.signal?.throwIfAborted()
    })
  } finally {
    options.signal?.removeEventListener('abort', stop)
    socket.destroy()
  }
  return { stdout: out.all(), stderr: err.all() }
}

interface ExecState {
  readonly Running: boolean
  readonly ExitCode: number
}

/** The streams may close a moment before the engine has noted the exit code. */
const findExitCode = async (wire: Wire, exec: string): Promise<number> => {
  for (let attempt = 0; ; attempt += 1) {
    const reply = await wire.ask('GET', `/exec/${exec}/json`)
    const state = JSON.parse(expectReply('look at a program', reply).toString()) as ExecState
    if (!state.Running) return state.ExitCode
    await new Promise((resolve) => setTimeout(resolve, Math.min(5 * 2 ** attempt, 500)))
  }
}

/** Runs a program inside a running container to its end. */
export const runInContainer = async (
  wire: Wire,
  container: string,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<Ran> => {
  options.signal?.throwIfAborted()
  const exec = await createExec(wire, container, argv, options)
  const streams = await converse(wire, exec, options)
  return { ...streams, exitCode: await findExitCode(wire, exec) }
}
