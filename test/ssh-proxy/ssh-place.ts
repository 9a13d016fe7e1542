import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { waitUntil } from '../local/control/fixture.ts'
import { countCalls, openPlace, type Place, run } from './place.ts'

export let place: Place
beforeAll(async () => {
  place = await openPlace()
}, 400_000)
afterAll(() => place?.close())

export const host = 'sandbox-alice'
export const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex')
export const tunnelsOpened = (): Promise<number> => countCalls(place, 'OpenTunnel')
export const wayFile = (): string => {
  const folder = join(place.room.room.paths.state, 'ssh')
  return join(folder, readdirSync(folder)[0] ?? '')
}

/** A master with its socket in the folder of the test, until `close`. */
export const openMaster = async (...args: string[]) => {
  const path = join(place.folder, `cm-${randomBytes(4).toString('hex')}`)
  const master = spawn('ssh', ['-F', place.config, '-M', '-N', '-S', path, ...args, host], {
    ...{ env: place.env, stdio: ['ignore', 'ignore', 'pipe'] },
  })
  let stderr = ''
  master.stderr?.on('data', (text: Buffer) => {
    stderr += text
  })
  const ended = once(master, 'close')
  await waitUntil(() => existsSync(path))
  return {
    ended,
    stderr: () => stderr,
    through: (args: readonly string[], input?: string) =>
      run('ssh', ['-F', place.config, '-S', path, ...args], {
        env: place.env,
        ...(input === undefined ? {} : { input }),
      }),
    /** Of what comes, without keeping it. */
    sumOf: async (args: readonly string[]) => {
      const script = 'ssh "$@" | sha256sum'
      const { stdout } = await run('sh', ['-c', script, 'sh', '-F', place.config, '-S', path, ...args], place)
      return stdout.toString().slice(0, 64)
    },
    async close() {
      await run('ssh', ['-F', place.config, '-S', path, '-O', 'exit', host], place)
      await ended
    },
  }
}
