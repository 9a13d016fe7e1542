import { type Finding, fine, note, wrong } from '../../config/finding.ts'
import type { Paths } from '../../config/paths.ts'
import { readControlFile } from '../../local/control/control-file.ts'
import { findDaemon } from '../../local/control/probe.ts'
import { isRefused } from '../../local/control/refusal-file.ts'

export interface LocalFacts {
  /** It could not read its books when it was started the last time. */
  readonly refused: boolean
  readonly running: boolean
  /** Why moto could not be kept alive. */
  readonly failure: string | undefined
  /** A control file without a daemon: it did not end by itself. */
  readonly leftFile: boolean
  readonly port: number | undefined
}

const what = 'local target'

export const decideLocal = ({ refused, running, failure, leftFile, port }: LocalFacts): Finding => {
  if (failure !== undefined) return wrong(what, `its moto does not run: ${failure}`, 'npm run local:up')
  if (running) return fine(what, `answers on 127.0.0.1:${port}`)
  if (refused)
    return wrong(
      what,
      'does not start, because its books cannot be read',
      'npm run local:reset (keeps a backup of them)',
    )
  if (leftFile)
    return note(what, 'was killed or lost with the computer; what it held is kept', 'npm run local:up')
  return note(what, 'does not run; commands start it when they need it', 'npm run local:up')
}

export const findLocalFacts = async ({ local }: Paths): Promise<LocalFacts> => {
  const daemon = await findDaemon(local)
  return {
    refused: isRefused(local),
    running: daemon !== undefined,
    failure: daemon?.failure ?? undefined,
    leftFile: daemon === undefined && readControlFile(local) !== undefined,
    port: daemon?.port,
  }
}
