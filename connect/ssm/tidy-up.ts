import type { Session, SessionEnd } from './session.ts'

/** Ends on the other side what has not ended there. */
export const tidyUp = async (session: Session, { end }: SessionEnd): Promise<void> => {
  if (end.kind === 'lost' || end.kind === 'left') await session.terminate()
}
