/** What a client needs to connect to a session. */
export interface Ticket {
  readonly sessionId: string
  /** For one connection. */
  readonly token: string
  readonly streamUrl: string
}

/** The calls of Systems Manager that a session needs while it lasts. */
export interface SessionControl {
  /** A fresh ticket, or undefined when the session is over. */
  resume(sessionId: string): Promise<Ticket | undefined>
  terminate(sessionId: string): Promise<void>
}
