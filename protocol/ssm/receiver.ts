import type { AgentMessage } from './message.ts'

export interface Reception {
  readonly acknowledge: boolean
  /** In order, without gaps; may be several when one filled a gap. */
  readonly deliver: readonly AgentMessage[]
}

const drop: Reception = { acknowledge: false, deliver: [] }
const again: Reception = { acknowledge: true, deliver: [] }
/** As in the plugin. */
const usualCapacity = 10_000

/**
 * The receiving half of a stream. Duplicates are acknowledged again: the official client does not, and when one
 * acknowledgement is lost the agent's resends stick at that message for ever.
 */
export const createReceiver = (capacity: number = usualCapacity) => {
  const early = new Map<number, AgentMessage>()
  let expected = 0

  const store = (message: AgentMessage): Reception => {
    if (early.has(message.sequenceNumber)) return again
    if (early.size >= capacity) return drop
    early.set(message.sequenceNumber, message)
    return again
  }

  return {
    /** @param ready false while nobody can take the next message: it is then neither kept nor acknowledged */
    accept(message: AgentMessage, ready = true): Reception {
      if (message.sequenceNumber < expected) return again
      if (message.sequenceNumber > expected) return store(message)
      if (!ready) return drop
      const deliver = [message]
      expected += 1
      for (let next = early.get(expected); next !== undefined; next = early.get(expected)) {
        early.delete(expected)
        deliver.push(next)
        expected += 1
      }
      return { acknowledge: true, deliver }
    },
    get expected(): number {
      return expected
    },
    /** Messages that wait for one before them. */
    get early(): number {
      return early.size
    },
  }
}

export type Receiver = ReturnType<typeof createReceiver>
