import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterEach, beforeEach } from 'vitest'
import { type ControlFile, readControlFile } from '../../../local/control/control-file.ts'
import type { LocalTarget } from '../../../local/control/ensure.ts'
import { readControlPlane } from '../../../local/control/read.ts'
import { clientsFor, openRoom, type Room } from './fixture.ts'

export let room: Room
beforeEach(async () => {
  room = await openRoom()
})
afterEach(() => room.close())

export const answers = async (target: LocalTarget): Promise<boolean> =>
  (await clientsFor(target).sts.send(new GetCallerIdentityCommand({}))).Account === target.accountId

export const control = (): ControlFile => readControlFile(room.paths.local) as ControlFile
export const shimPid = async (): Promise<number> => {
  const pid = (await readControlPlane(room.paths))?.shim.pid
  // Signals to 0 go to the whole group of this process.
  if (!pid) throw new Error('the daemon does not say which process its moto is')
  return pid
}
