import type { Ambient } from './ambient.ts'
import { parseAcknowledge, renderAcknowledge } from './control-message.ts'
import { type AgentMessage, messageType, parseMessage } from './message.ts'
import { createReceiver } from './receiver.ts'
import { createSender } from './sender.ts'

export interface LinkOptions {
  /** A client sends input and hears output. */
  readonly side: 'client' | 'agent'
  readonly ambient: Ambient
  /** Puts one message on the wire; not called while there is none. */
  readonly transmit: (bytes: Buffer) => void
  /** Stream data of the other end, in order, each once. */
  readonly onData: (message: AgentMessage) => void
  /** Everything that is neither stream data nor an acknowledgement. */
  readonly onControl: (message: AgentMessage) => void
  /** There is room in the window again, or nothing is unacknowledged any more. */
  readonly onRoom: () => void
  readonly window?: number
  readonly reorder?: number
}

/** Milliseconds between two calls of `tick`. */
export const tickInterval = 100

/**
 * Both streams of one session, and what makes them reliable over connections that come and go. Knows no clock and
 * no socket: `connect` when there is one, `disconnect` when it is lost, `receive` for each frame, `tick` now and then.
 */
export const createLink = (options: LinkOptions) => {
  const { side, ambient, transmit } = options
  const [outgoing, incoming] =
    side === 'client' ? [messageType.input, messageType.output] : [messageType.output, messageType.input]
  const sender = createSender({
    messageType: outgoing,
    ambient,
    ...(options.window === undefined ? {} : { window: options.window }),
  })
  const receiver = createReceiver(options.reorder)
  let connected = false
  let paused = false
  let ready = true

  const acknowledged = (message: AgentMessage): void => {
    const sequenceNumber = parseAcknowledge(message.payload)
    paused = false
    if (sequenceNumber !== undefined && sender.acknowledge(sequenceNumber)) options.onRoom()
  }
  const data = (message: AgentMessage): void => {
    paused = false
    const { acknowledge, deliver } = receiver.accept(message, ready)
    if (acknowledge && connected) transmit(renderAcknowledge(message, ambient))
    for (const one of deliver) options.onData(one)
  }
  /** What was held back while paused or away goes out at once. */
  const resume = (): void => {
    paused = false
    for (const bytes of sender.everything()) transmit(bytes)
    options.onRoom()
  }

  return {
    connect(): void {
      connected = true
      resume()
    },
    disconnect(): void {
      connected = false
    },
    /** @throws ProtocolError when the frame is no message; the frame then counts as lost */
    receive(frame: Buffer): void {
      const message = parseMessage(frame)
      const { messageType: type } = message
      if (type === messageType.acknowledge) acknowledged(message)
      else if (type === incoming) data(message)
      else {
        if (type === messageType.pausePublication) paused = true
        if (type === messageType.startPublication && paused && connected) resume()
        options.onControl(message)
      }
    },
    /** False while nobody can take data: the other end then sends it again later. */
    set ready(value: boolean) {
      ready = value
    },
    /** Messages that may be sent now. */
    room: (): number => (connected && !paused ? sender.room() : 0),
    /** Goes out now, or with the next connection. Returns the number of the message. */
    send(payloadType: number, payload: Buffer, flags = 0): number {
      const sequenceNumber = sender.next
      const bytes = sender.add(payloadType, payload, flags)
      if (connected && !paused) transmit(bytes)
      return sequenceNumber
    },
    tick(): void {
      if (connected && !paused) for (const bytes of sender.due()) transmit(bytes)
    },
    get pending(): number {
      return sender.pending
    },
    get paused(): boolean {
      return paused
    },
    figures: () => ({ ...sender.figures(), early: receiver.early }),
  }
}

export type Link = ReturnType<typeof createLink>
