import { ProtocolError } from '../protocol-error.ts'

// https://www.rfc-editor.org/rfc/rfc6455#section-5.2

export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

const longestHead = 14
const longestControl = 125

/** The head of an unfragmented frame. A mask is what a client must name, be it one of zeros. */
export const renderHead = (code: number, length: number, mask?: Buffer): Buffer => {
  const head = Buffer.allocUnsafe(
    (length < 126 ? 2 : length < 65_536 ? 4 : 10) + (mask === undefined ? 0 : 4),
  )
  const masked = mask === undefined ? 0 : 0x80
  head[0] = 0x80 | code
  head[1] = masked | (length < 126 ? length : length < 65_536 ? 126 : 127)
  if (length >= 65_536) head.writeBigUInt64BE(BigInt(length), 2)
  else if (length >= 126) head.writeUInt16BE(length, 2)
  mask?.copy(head, head.length - 4)
  return head
}

/** @param from which byte of the payload the first one is */
export const applyMask = (bytes: Buffer, mask: Buffer, from = 0): void => {
  for (let index = 0; index < bytes.length; index += 1)
    bytes[index] = (bytes[index] as number) ^ (mask[(from + index) & 3] as number)
}

export interface FrameTaker {
  /** A part of a binary message as it came. It is read anew into the same place as soon as this returns. */
  bytes(piece: Buffer): void
  text(): void
  control(code: number, payload: Buffer): void
}

interface Frame {
  readonly code: number
  readonly mask: Buffer | undefined
  left: number
  done: number
}

const checkHead = (first: number, second: number, fromClient: boolean): void => {
  const [code, length] = [first & 15, second & 127]
  if ((first & 0x70) !== 0) throw new ProtocolError('a frame has bits of an extension that nobody asked for')
  if (!Object.values(opcode).some((one) => one === code))
    throw new ProtocolError(`a frame has opcode ${code}`)
  if (((second & 0x80) !== 0) !== fromClient)
    throw new ProtocolError(fromClient ? 'a frame of a client has no mask' : 'a frame of a server has a mask')
  if (code >= opcode.close && ((first & 0x80) === 0 || length > longestControl))
    throw new ProtocolError(`a frame with opcode ${code} is in parts or longer than ${longestControl} bytes`)
}

const headLength = (second: number): number =>
  2 + ((second & 127) === 126 ? 2 : (second & 127) === 127 ? 8 : 0) + ((second & 0x80) === 0 ? 0 : 4)

const parseHead = (head: Buffer, size: number): Frame => {
  const short = (head[1] as number) & 127
  const left = short < 126 ? short : short === 126 ? head.readUInt16BE(2) : Number(head.readBigUInt64BE(2))
  const mask = ((head[1] as number) & 0x80) === 0 ? undefined : Buffer.from(head.subarray(size - 4, size))
  // A mask of zeros changes nothing.
  return { code: (head[0] as number) & 15, left, done: 0, mask: mask?.readInt32BE() === 0 ? undefined : mask }
}

/**
 * Takes bytes as they come and hands on what is in them as it comes: a tunnel has no messages, so none is put together.
 * @throws ProtocolError at what cannot be; there is no way back from it
 */
export const createFrameReader = (fromClient: boolean, taker: FrameTaker): ((bytes: Buffer) => void) => {
  const head = Buffer.alloc(longestHead)
  let [size, wanted] = [0, 2]
  let frame: Frame | undefined
  let control: Buffer[] = []
  let inMessage = false

  const begin = (): Frame => {
    const begun = parseHead(head, size)
    ;[size, wanted] = [0, 2]
    if (begun.code < opcode.close) {
      if ((begun.code === opcode.continuation) !== inMessage)
        throw new ProtocolError(`a frame with opcode ${begun.code} is in the wrong place`)
      inMessage = ((head[0] as number) & 0x80) === 0
      if (begun.code === opcode.text) taker.text()
    }
    return begun
  }
  const readHead = (bytes: Buffer, from: number): number => {
    let at = from
    while (at < bytes.length && frame === undefined) {
      head[size] = bytes[at] as number
      size += 1
      at += 1
      if (size === 2) {
        checkHead(head[0] as number, head[1] as number, fromClient)
        wanted = headLength(head[1] as number)
      }
      if (size === wanted) frame = begin()
    }
    return at
  }
  const readPayload = (bytes: Buffer, from: number, of: Frame): number => {
    const piece = bytes.subarray(from, from + of.left)
    if (of.mask !== undefined) applyMask(piece, of.mask, of.done)
    of.done += piece.length
    of.left -= piece.length
    if (of.left === 0) frame = undefined
    if (of.code < opcode.close) {
      if (piece.length > 0) taker.bytes(piece)
    } else {
      control.push(Buffer.from(piece))
      if (of.left > 0) return from + piece.length
      const payload = Buffer.concat(control)
      control = []
      taker.control(of.code, payload)
    }
    return from + piece.length
  }
  return (bytes) => {
    let at = 0
    while (at < bytes.length || frame?.left === 0)
      at = frame === undefined ? readHead(bytes, at) : readPayload(bytes, at, frame)
  }
}
