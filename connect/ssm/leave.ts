import { setTimeout as delay } from 'node:timers/promises'
import type { Session, SessionEnd } from './session.ts'

/** Milliseconds that the service has to hear that we leave. */
const longestGoodbye = 2000

/** Ends a session that goes on, so that nothing runs on the other side until it is idle for too long. */
export const leaveSession = async (session: Session): Promise<void> => {
  const goodbye = session.terminate().catch(() => {})
  await Promise.race([goodbye, delay(longestGoodbye, undefined, { ref: false })])
}

/** Ends on the other side what has not ended there. */
export const tidyUp = async (session: Session, { end }: SessionEnd): Promise<void> => {
  if (end.kind === 'lost' || end.kind === 'left') await leaveSession(session)
}
