import type { Ambient } from './ambient.ts'
import { serialiseMessage } from './message.ts'
import { firstRoundTrip, planRoundTrip } from './round-trip.ts'

export interface SenderOptions {
  /** `input_stream_data` for a client, `output_stream_data` for an agent. */
  readonly messageType: string
  readonly ambient: Ambient
  /** Largest number of messages that may be unacknowledged. */
  readonly window?: number
}

interface Sent {
  readonly bytes: Buffer
  at: number
  times: number
}

const firstWindow = 64
const smallestWindow = 16
/** With the usual kilobyte each: a megabyte on the way. The plugin's own buffer ends at 10 000. */
const usualWindow = 1024
/** Milliseconds in queues from which on more messages would only wait, and keystrokes behind them. */
const longestQueue = 250

/**
 * The sending half of a stream: numbers messages, keeps each until that very one is acknowledged, and says which
 * to send again. A window takes the place of the official pause of 1 ms after each kilobyte.
 */
export const createSender = ({ messageType, ambient, window: largest = usualWindow }: SenderOptions) => {
  const unacknowledged = new Map<number, Sent>()
  let next = 0
  let window = Math.min(firstWindow, largest)
  let roundTrip = firstRoundTrip
  let resent = 0
  let lastShrink = Number.NEGATIVE_INFINITY

  const grow = (sample: number): void => {
    roundTrip = planRoundTrip(roundTrip, sample)
    if (sample - roundTrip.quickest < longestQueue) window = Math.min(largest, window + 1)
    else shrink(0.9)
  }
  /** Once per round trip: one lost burst is one reason. */
  const shrink = (factor: number): void => {
    const now = ambient.monotonic()
    if (now - lastShrink < roundTrip.trip) return
    lastShrink = now
    window = Math.max(Math.min(smallestWindow, largest), Math.floor(window * factor))
  }
  const again = (sent: Sent, now: number): Buffer => {
    sent.at = now
    sent.times += 1
    resent += 1
    return sent.bytes
  }
  const patience = (sent: Sent): number => roundTrip.timeout * 2 ** Math.min(3, sent.times - 1)

  return {
    /** Messages that may be added now. Adding more is allowed for what cannot wait: sizes, flags, handshakes. */
    room: (): number => Math.max(0, window - unacknowledged.size),
    /** The bytes to put on the wire now. */
    add(payloadType: number, payload: Buffer, flags = 0): Buffer {
      const bytes = serialiseMessage({
        messageType,
        schemaVersion: 1,
        createdDate: ambient.date(),
        sequenceNumber: next,
        flags,
        messageId: ambient.uuid(),
        payloadType,
        payload,
      })
      unacknowledged.set(next, { bytes, at: ambient.monotonic(), times: 1 })
      next += 1
      return bytes
    },
    /** False when it was acknowledged before, or never sent. */
    acknowledge(sequenceNumber: number): boolean {
      const sent = unacknowledged.get(sequenceNumber)
      if (sent === undefined) return false
      unacknowledged.delete(sequenceNumber)
      // Of one sent twice nobody knows which of the two was answered.
      if (sent.times === 1) grow(ambient.monotonic() - sent.at)
      return true
    },
    /** All whose time is up, and not only the oldest: an acknowledgement that was lost must not hide a lost message. */
    due(): Buffer[] {
      const now = ambient.monotonic()
      const late = [...unacknowledged.values()].filter((sent) => now - sent.at >= patience(sent))
      if (late.length > 0) shrink(0.5)
      return late.map((sent) => again(sent, now))
    },
    /** After a new connection: everything unacknowledged, in order, at once. */
    everything(): Buffer[] {
      const now = ambient.monotonic()
      return [...unacknowledged.values()].map((sent) => again(sent, now))
    },
    get pending(): number {
      return unacknowledged.size
    },
    /** Number of the next message. */
    get next(): number {
      return next
    },
    figures: () => ({ window, resent, trip: roundTrip.trip, timeout: roundTrip.timeout }),
  }
}

export type Sender = ReturnType<typeof createSender>
