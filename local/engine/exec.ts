import type { Ran, RunOptions } from '../guests/shell.ts'
import { createExec, findExitCode } from './exec-state.ts'
import { createFrameReader, createKeeper } from './frames.ts'
import type { Wire } from './wire.ts'

const oneMegabyte = 1024 * 1024

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

/** Runs a program inside a running container to its end. */
export const runInContainer = async (
  wire: Wire,
  container: string,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<Ran> => {
  options.signal?.throwIfAborted()
  const { user = 'root', stdin } = options
  const exec = await createExec(wire, container, {
    ...{ Cmd: argv, User: user, AttachStdin: stdin !== undefined, Tty: false },
  })
  const streams = await converse(wire, exec, options)
  return { ...streams, exitCode: await findExitCode(wire, exec) }
}
