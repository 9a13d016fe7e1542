import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Session } from '../e2e/cli.ts'

/** Where the gateway itself asks moto, and what it shows there. */
export interface MotoDoor {
  readonly socketPath: string
  readonly headers: readonly (readonly [string, string])[]
}

const tokenName = 'KIRO_SANDBOX_SHIM_TOKEN='

/**
 * The moto of a session's daemon is asked past its gateway: two processes of one kind would differ by more than what
 * is measured here. Nobody but the gateway is told the token; whoever owns the process may look for it.
 */
export const findMotoDoor = async (session: Session): Promise<MotoDoor> => {
  const { stdout } = await session.run('local:status', '--json')
  const { shim } = JSON.parse(stdout) as { shim: { pid: number } }
  const environment = readFileSync(`/proc/${shim.pid}/environ`, 'utf8').split('\0')
  const token = environment.find((line) => line.startsWith(tokenName))?.slice(tokenName.length)
  if (token === undefined) throw new Error(`process ${shim.pid} was started without a token`)
  return {
    socketPath: join(session.state, 'local', 'moto.sock'),
    headers: [['x-local-shim-token', token]],
  }
}
