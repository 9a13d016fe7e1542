/** Bytes of one data message, as the agent cuts them; clients take more, but AWS promises nothing. */
const largest = 1024
/** Bytes that may wait for room in the window before the program is told to pause. */
const enough = 256 * 1024

interface Waiting {
  readonly payloadType: number
  readonly data: Buffer
}

export interface OutboxOptions {
  readonly room: () => number
  readonly send: (payloadType: number, data: Buffer) => void
  readonly pause: () => void
  readonly resume: () => void
}

/** What a program has said and the client has no room for yet, in order. */
export const createOutbox = ({ room, send, pause, resume }: OutboxOptions) => {
  let waiting: Waiting[] = []
  let size = 0
  let paused = false

  const drain = (): void => {
    let sent = 0
    for (let left = room(); left > 0 && sent < waiting.length; left -= 1, sent += 1) {
      const { payloadType, data } = waiting[sent] as Waiting
      size -= data.length
      send(payloadType, data)
    }
    if (sent > 0) waiting = waiting.slice(sent)
    if (paused && size < enough / 2) {
      paused = false
      resume()
    }
  }
  return {
    drain,
    add(payloadType: number, data: Buffer): void {
      for (let from = 0; from < data.length; from += largest)
        waiting.push({ payloadType, data: data.subarray(from, from + largest) })
      size += data.length
      drain()
      if (paused || size < enough) return
      paused = true
      pause()
    },
    get empty(): boolean {
      return waiting.length === 0
    },
  }
}
