import type { Writable } from 'node:stream'

export interface Source {
  pause(): void
  resume(): void
}

/**
 * Passes on what is read in place (see in-place.ts). What its receiver has not taken at once keeps the place, so
 * nothing more is read until he has: a connection holds one place in each direction and never more.
 *
 * @param send like `write` of a stream
 * @param waiting where it waits
 */
export const createPour = (
  source: () => Source,
  waiting: () => Writable,
  send: (bytes: Buffer, told: () => void) => void,
): ((bytes: Buffer) => void) => {
  let paused = false
  const told = () => {
    if (!paused || waiting().writableLength > 0) return
    paused = false
    source().resume()
  }
  return (bytes) => {
    send(bytes, told)
    if (paused || waiting().writableLength === 0) return
    paused = true
    source().pause()
  }
}
