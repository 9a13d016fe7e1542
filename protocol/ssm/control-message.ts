import type { Ambient } from './ambient.ts'
import { type AgentMessage, messageFlag, messageType, serialiseMessage } from './message.ts'

/** A message outside the two numbered streams. */
export const renderControlMessage = (type: string, payload: Buffer, ambient: Ambient): Buffer =>
  serialiseMessage({
    messageType: type,
    schemaVersion: 1,
    createdDate: ambient.date(),
    sequenceNumber: 0,
    flags: messageFlag.both,
    messageId: ambient.uuid(),
    payloadType: 0,
    payload,
  })

/** Built as text: there is one of these for every kilobyte, and the values need no escapes. */
export const renderAcknowledge = (message: AgentMessage, ambient: Ambient): Buffer =>
  renderControlMessage(
    messageType.acknowledge,
    Buffer.from(
      `{"AcknowledgedMessageType":"${message.messageType}","AcknowledgedMessageId":"${message.messageId}",` +
        `"AcknowledgedMessageSequenceNumber":${message.sequenceNumber},"IsSequentialMessage":true}`,
      'latin1',
    ),
    ambient,
  )

const parseObject = (payload: Buffer): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(payload.toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** The number that is acknowledged: only that counts, the id may be anything. Undefined when there is none. */
export const parseAcknowledge = (payload: Buffer): number | undefined => {
  const number = parseObject(payload).AcknowledgedMessageSequenceNumber
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

export interface ChannelClosed {
  readonly sessionId: string
  /** Empty after a normal end; else what a person should read. */
  readonly output: string
}

export const renderChannelClosed = ({ sessionId, output }: ChannelClosed, ambient: Ambient): Buffer => {
  const content = {
    MessageId: ambient.uuid(),
    CreatedDate: new Date(ambient.date()).toISOString(),
    DestinationId: ambient.uuid(),
    SessionId: sessionId,
    MessageType: messageType.channelClosed,
    SchemaVersion: 1,
    ...(output === '' ? {} : { Output: output }),
  }
  return renderControlMessage(messageType.channelClosed, Buffer.from(JSON.stringify(content)), ambient)
}

/** A channel that is closed with nonsense is closed all the same. */
export const parseChannelClosed = (payload: Buffer): ChannelClosed => {
  const { SessionId, Output } = parseObject(payload)
  return {
    sessionId: typeof SessionId === 'string' ? SessionId : '',
    output: typeof Output === 'string' ? Output : '',
  }
}

export const renderStartPublication = (ambient: Ambient): Buffer =>
  renderControlMessage(messageType.startPublication, Buffer.alloc(0), ambient)

export const renderPausePublication = (ambient: Ambient): Buffer =>
  renderControlMessage(messageType.pausePublication, Buffer.alloc(0), ambient)
