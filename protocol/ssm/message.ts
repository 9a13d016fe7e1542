import { hash } from 'node:crypto'
import { ProtocolError } from '../protocol-error.ts'

// https://github.com/aws/amazon-ssm-agent/blob/mainline/agent/session/contracts/agentmessage.go

export const messageType = {
  input: 'input_stream_data',
  output: 'output_stream_data',
  acknowledge: 'acknowledge',
  channelClosed: 'channel_closed',
  startPublication: 'start_publication',
  pausePublication: 'pause_publication',
  agentSessionState: 'agent_session_state',
} as const

/** Bits of `flags`. Acknowledgements carry both, the first output of an agent carries the first. */
export const messageFlag = { syn: 1, fin: 2, both: 3 } as const

/** One binary websocket frame, the same in both directions. */
export interface AgentMessage {
  /** ASCII, 1 to 32 characters. */
  readonly messageType: string
  readonly schemaVersion: number
  /** Milliseconds since 1970, never 0. */
  readonly createdDate: number
  readonly sequenceNumber: number
  readonly flags: number
  /** UUID, lower case, with hyphens. */
  readonly messageId: string
  readonly payloadType: number
  readonly payload: Buffer
}

/** Bytes in front of the field that holds the length of the payload. */
const headerLength = 116
export const overhead = headerLength + 4

const at = {
  type: 4,
  schema: 36,
  date: 40,
  sequence: 48,
  flags: 56,
  id: 64,
  digest: 80,
  payloadType: 112,
} as const
const typeLength = 32
const digestLength = 32
const word = 2 ** 32

/** As text of one character a byte: there are thousands a second, and an object for each costs twice the hash itself. */
const digestOf = (payload: Buffer): string => hash('sha256', payload, 'binary')

const writeLong = (bytes: Buffer, value: number, offset: number): void => {
  bytes.writeUInt32BE(Math.floor(value / word), offset)
  bytes.writeUInt32BE(value % word, offset + 4)
}

const readLong = (bytes: Buffer, offset: number, field: string): number => {
  const value = bytes.readUInt32BE(offset) * word + bytes.readUInt32BE(offset + 4)
  if (!Number.isSafeInteger(value)) throw new ProtocolError(`a message has ${value} as its ${field}`)
  return value
}

/** The halves of the UUID are swapped on the wire: least significant eight bytes first. */
const writeId = (bytes: Buffer, id: string): void => {
  bytes.write(id.slice(19, 23) + id.slice(24), at.id, 'hex')
  bytes.write(id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18), at.id + 8, 'hex')
}

const readId = (bytes: Buffer): string => {
  const hex = bytes.toString('hex', at.id, at.id + 16)
  return `${hex.slice(16, 24)}-${hex.slice(24, 28)}-${hex.slice(28)}-${hex.slice(0, 4)}-${hex.slice(4, 16)}`
}

export const serialiseMessage = (message: AgentMessage): Buffer => {
  const { payload } = message
  const bytes = Buffer.allocUnsafe(overhead + payload.length)
  bytes.writeUInt32BE(headerLength, 0)
  bytes.fill(0x20, at.type, at.type + typeLength)
  bytes.write(message.messageType, at.type, typeLength, 'latin1')
  bytes.writeUInt32BE(message.schemaVersion, at.schema)
  writeLong(bytes, message.createdDate, at.date)
  writeLong(bytes, message.sequenceNumber, at.sequence)
  writeLong(bytes, message.flags, at.flags)
  writeId(bytes, message.messageId)
  bytes.write(digestOf(payload), at.digest, digestLength, 'latin1')
  bytes.writeUInt32BE(message.payloadType, at.payloadType)
  bytes.writeUInt32BE(payload.length, headerLength)
  payload.copy(bytes, overhead)
  return bytes
}

/** Spaces by the official programs, zeros by others; on either side. */
const readType = (bytes: Buffer): string => {
  let start = at.type as number
  let end = start + typeLength
  const isPadding = (index: number) => bytes[index] === 0 || bytes[index] === 0x20
  while (start < end && isPadding(start)) start += 1
  while (end > start && isPadding(end - 1)) end -= 1
  return bytes.toString('latin1', start, end)
}

/** The service sends these without anything else being right. */
const unchecked: ReadonlySet<string> = new Set([messageType.startPublication, messageType.pausePublication])

const checkMessage = (message: AgentMessage, digest: string): void => {
  const { messageType: type, createdDate, payload } = message
  if (unchecked.has(type)) return
  if (type === '') throw new ProtocolError('a message has no type')
  if (createdDate === 0) throw new ProtocolError(`a message of type ${type} has no date`)
  if (payload.length > 0 && digestOf(payload) !== digest)
    throw new ProtocolError(`the digest of message ${message.sequenceNumber} does not fit its payload`)
}

/**
 * The payload is a view of `bytes`, and all that follows the header: the length field is not believed, as in
 * the official programs. @throws ProtocolError when it is no message, or its payload was changed on the way
 */
export const parseMessage = (bytes: Buffer): AgentMessage => {
  const header = bytes.length < 4 ? 0 : bytes.readUInt32BE(0)
  if (header < headerLength || bytes.length < header + 4)
    throw new ProtocolError(`a message of ${bytes.length} bytes has ${header} bytes of header`)
  const message = {
    messageType: readType(bytes),
    schemaVersion: bytes.readUInt32BE(at.schema),
    createdDate: readLong(bytes, at.date, 'date'),
    sequenceNumber: readLong(bytes, at.sequence, 'number'),
    flags: readLong(bytes, at.flags, 'flags'),
    messageId: readId(bytes),
    payloadType: bytes.readUInt32BE(at.payloadType),
    payload: bytes.subarray(header + 4),
  }
  checkMessage(message, bytes.toString('latin1', at.digest, at.digest + digestLength))
  return message
}
