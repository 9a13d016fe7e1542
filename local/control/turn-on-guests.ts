import type { GuestState } from '../guests/guests.ts'
import type { GuestRequest } from '../guests/switched.ts'
import { askDaemon, askStatus, findDaemon } from './probe.ts'

/** Finding out how to call the engine boots a machine, several when the first ways fail. */
const patience = 180_000

/** undefined: no daemon. */
export const findGuestState = async (folder: string): Promise<GuestState | undefined> => {
  const control = await findDaemon(folder)
  return control === undefined ? undefined : (await askStatus(control))?.guests.state
}

/** Hands engine and base image to the running daemon; the answer says whether instances are machines now. */
export const turnOnGuests = async (folder: string, request: GuestRequest): Promise<GuestState> => {
  const control = await findDaemon(folder)
  const answer =
    control === undefined ? undefined : await askDaemon(control, 'POST', '/_local/guests', patience, request)
  if (answer?.status !== 200)
    return { kind: 'off', reason: `the local target did not answer (${answer?.status ?? 'no connection'})` }
  return JSON.parse(answer.text) as GuestState
}
