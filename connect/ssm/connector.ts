import { Session, type SessionOptions } from './session.ts'

/** What somebody does with a session; how it is reached is not his business. */
export type SessionHandlers = Pick<
  SessionOptions,
  'onReady' | 'onOutput' | 'onErrorOutput' | 'onDrain' | 'onFlag' | 'onNotice' | 'onTrouble'
>

export type Connector = (handlers: SessionHandlers) => Session

/** A session that was started, for one who will use it. */
export const createConnector =
  (reach: Omit<SessionOptions, keyof SessionHandlers>): Connector =>
  (handlers) =>
    new Session({ ...reach, ...handlers })
