import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Copies bytes both ways and looks at none: the least that any process between two others can do. */
const program = `
const net = require('node:net')
const server = net.createServer({ noDelay: true }, (from) => {
  const to = net.connect({ path: process.argv[1] })
  from.pipe(to).pipe(from)
  for (const socket of [from, to]) socket.on('error', () => { from.destroy(); to.destroy() })
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.on('end', () => process.exit(0)).resume()
`

export interface CopyingHop {
  readonly port: number
  close(): void
}

/** A process of its own between a port and a socket file, as the gateway is one. It ends when we do. */
export const openCopyingHop = async (socketPath: string): Promise<CopyingHop> => {
  const child = spawn(process.execPath, ['-e', program, socketPath], { stdio: ['pipe', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout }))
    return { port: Number(line), close: () => void child.kill() }
  throw new Error('the copying hop did not start')
}
