import { payloadType } from '../../protocol/ssm/payload.ts'

/** Bytes of one data message, as the official client cuts them; agents take more, but AWS promises nothing. */
const largest = 1024
/** Bytes that may wait for room in the window before whoever writes should pause. */
const enough = 256 * 1024

export interface OutboxOptions {
  /** Messages that may be sent now. */
  readonly room: () => number
  readonly send: (payloadType: number, payload: Buffer) => void
  /** Below half of what is enough again. */
  readonly onDrain: () => void
}

/** Input that waits for room, in order. What is typed in small pieces goes in few messages when there is a queue. */
export const createOutbox = ({ room, send, onDrain }: OutboxOptions) => {
  let waiting: Buffer[] = []
  let size = 0
  let full = false

  /** The next message of at most the largest size; there must be something. */
  const take = (from: { index: number; offset: number }): Buffer => {
    const parts: Buffer[] = []
    let space = largest
    for (let one = waiting[from.index]; one !== undefined && space > 0; one = waiting[from.index]) {
      const part = one.subarray(from.offset, from.offset + space)
      parts.push(part)
      space -= part.length
      from.offset += part.length
      if (from.offset < one.length) break
      from.index += 1
      from.offset = 0
    }
    const [only] = parts
    return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts)
  }
  const drain = (): void => {
    const from = { index: 0, offset: 0 }
    for (let left = room(); left > 0 && from.index < waiting.length; left -= 1) {
      const payload = take(from)
      size -= payload.length
      send(payloadType.output, payload)
    }
    waiting = waiting.slice(from.index)
    const [first] = waiting
    if (from.offset > 0 && first !== undefined) waiting[0] = first.subarray(from.offset)
    if (!full || size >= enough / 2) return
    full = false
    onDrain()
  }
  return {
    drain,
    /** False when whoever writes should wait for onDrain. The bytes are taken all the same. */
    write(data: Buffer): boolean {
      if (data.length > 0) {
        waiting.push(data)
        size += data.length
        drain()
      }
      full ||= size >= enough
      return !full
    },
    /** Forgets what was not sent yet. */
    clear(): void {
      waiting = []
      size = 0
    },
    get empty(): boolean {
      return waiting.length === 0
    },
  }
}
