import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'

/** Below the range that systems hand out to outgoing connections, so that ours is still free tomorrow. */
const lowest = 20_000
const span = 10_000
const attempts = 50

/** Another checkout gets another port; the same one gets the same, so that exported variables stay valid. */
export const planFirstPort = (folder: string): number =>
  lowest + (createHash('sha256').update(folder).digest().readUInt32BE(0) % span)

const listenOn = (server: Server, port: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(false) : reject(error)
    server.once('error', onError)
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.off('error', onError)
      resolve(true)
    })
  })

const readPort = (file: string): number | undefined => {
  try {
    const port = Number(readFileSync(file, 'utf8'))
    return Number.isInteger(port) && port > 1023 && port < 65_536 ? port : undefined
  } catch {
    return undefined
  }
}

/** The port of the last run, else the next free one. */
export const listenNear = async (
  server: Server,
  folder: string,
  file: string,
  log: (line: string) => void,
): Promise<number> => {
  const preferred = readPort(file) ?? planFirstPort(folder)
  for (let offset = 0; offset < attempts; offset += 1) {
    const port = preferred + offset
    if (port > 65_535 || !(await listenOn(server, port))) continue
    if (offset > 0)
      log(
        `port ${preferred} is taken, listening on ${port}: shells with the old one need npm run local:env again`,
      )
    writeFileSync(file, String(port), { mode: 0o600 })
    return port
  }
  throw new Error(`no free port between ${preferred} and ${preferred + attempts}`)
}
