import { randomUUID } from 'node:crypto'

/** What the pure parts would otherwise have to ask the machine for. */
export interface Ambient {
  /** Milliseconds that only grow; for round trips. */
  readonly monotonic: () => number
  /** Milliseconds since 1970; for the date of a message. */
  readonly date: () => number
  readonly uuid: () => string
}

export const machine: Ambient = {
  monotonic: () => performance.now(),
  date: () => Date.now(),
  uuid: () => randomUUID(),
}
