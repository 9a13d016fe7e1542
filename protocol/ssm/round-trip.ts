/** The official constants: both programs start here and move by the same weights. Milliseconds. */
const start = { trip: 100, variation: 0, timeout: 200 } as const
const smallestTimeout = 200
/** The official programs stop at 1000, and then resend all they have while a slow agent works through a queue. */
const largestTimeout = 3000

export interface RoundTrip {
  readonly trip: number
  readonly variation: number
  /** How long an answer may take before the message is sent again. */
  readonly timeout: number
  /** The quickest so far: what is above it is time in queues. */
  readonly quickest: number
}

export const firstRoundTrip: RoundTrip = { ...start, quickest: Number.POSITIVE_INFINITY }

/** @param sample milliseconds between a message that was sent once and its acknowledgement */
export const planRoundTrip = (before: RoundTrip, sample: number): RoundTrip => {
  const variation = 0.75 * before.variation + 0.25 * Math.abs(before.trip - sample)
  const trip = 0.875 * before.trip + 0.125 * sample
  const timeout = trip + Math.max(10, 4 * variation)
  return {
    trip,
    variation,
    timeout: Math.min(largestTimeout, Math.max(smallestTimeout, timeout)),
    quickest: Math.min(before.quickest, sample),
  }
}
