import type { Writable } from 'node:stream'

/** Resolves when what was written is out, or can no longer be. */
export const flush = (stream: Writable): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0) return resolve()
    stream.once('error', () => resolve())
    stream.write('', () => resolve())
  })
