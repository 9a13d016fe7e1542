import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'

export interface Forwarder {
  readonly port: number
  /** The most memory it has had so far, in MB. */
  peak(): number
  close(): Promise<void>
}

export const findFreePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}

const readPeak = (pid: number): number => {
  const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

const ended = async (child: ChildProcess, text: () => string): Promise<never> => {
  const [code] = await once(child, 'close')
  throw new Error(`the forwarder ended with ${code}: ${text().slice(-2000)}`)
}

/** A program that forwards `port`, once it has said so in words that match. */
export const openForwarder = async (
  [command = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  port: number,
  ready: RegExp,
): Promise<Forwarder> => {
  // Ctrl-C reaches a whole group, and the plugin is a child of our command.
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let said = ''
  const heard = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => {
        said += data
        if (ready.test(said)) resolve()
      })
  })
  await Promise.race([heard, ended(child, () => said)])
  return {
    port,
    peak: () => readPeak(child.pid ?? 0),
    async close() {
      if (child.exitCode !== null) return
      process.kill(-(child.pid ?? 0), 'SIGINT')
      await once(child, 'close')
    },
  }
}
