import type { Fault } from '../gateway/faults.ts'
import { askDaemon, findDaemon } from './probe.ts'

const patience = 5000

/** Lets the running daemon refuse calls on purpose, instead of those it was told before; none: no more. */
export const setFaults = async (folder: string, faults: readonly Fault[]): Promise<void> => {
  const control = await findDaemon(folder)
  const answer =
    control === undefined ? undefined : await askDaemon(control, 'POST', '/_local/faults', patience, faults)
  if (answer?.status !== 200)
    throw new Error(`the local target takes no faults: ${answer?.text ?? 'no connection'}`)
}
