import { randomUUID } from 'node:crypto'
import { type ControlFile, protocol, removeControlFile, writeControlFile } from '../control/control-file.ts'
import type { GatewayOptions } from './options.ts'
import type { ShimFailure, ShimReady } from './shim.ts'

/** Says once, in the control file, where and with which keys this daemon is reached; and later if moto is lost. */
export const createNotice = ({ folder, bundle }: GatewayOptions, token: string) => {
  const [nonce, startedAt] = [randomUUID(), new Date().toISOString()]
  let shown: ControlFile | undefined
  return {
    health: () => ({ nonce, pid: process.pid, startedAt }),
    show(port: number, { accountId, operator }: ShimReady) {
      const { accessKeyId, secretAccessKey } = operator
      shown = {
        protocol,
        pid: process.pid,
        port,
        nonce,
        token,
        startedAt,
        accountId,
        accessKeyId,
        secretAccessKey,
        bundle,
        failure: null,
      }
      writeControlFile(folder, shown)
    },
    showFailure({ error, detail }: ShimFailure) {
      if (shown !== undefined) writeControlFile(folder, { ...shown, failure: `${error}: ${detail}` })
    },
    remove() {
      shown = undefined
      removeControlFile(folder, nonce)
    },
  }
}
