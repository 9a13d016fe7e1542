import { ProtocolError } from '../protocol-error.ts'

// https://github.com/xtaci/smux/blob/v1.5.15/frame.go
// The plugin and the agent use the default configuration: version 1. Version 2 adds windows (`update`).

export const command = { syn: 0, fin: 1, push: 2, nop: 3, update: 4 } as const

export interface Frame {
  readonly version: 1 | 2
  readonly command: number
  readonly stream: number
  readonly data: Buffer
}

const headerLength = 8
/** Largest payload of one frame that the official programs send. */
export const maximumData = 32_768

type Head = Omit<Frame, 'data'> & { readonly length: number }

/** Little-endian, unlike the messages around it. The data of the frame comes behind it. */
export const renderHeader = ({ version, command: what, stream, length }: Head): Buffer => {
  const bytes = Buffer.allocUnsafe(headerLength)
  bytes[0] = version
  bytes[1] = what
  bytes.writeUInt16LE(length, 2)
  bytes.writeUInt32LE(stream, 4)
  return bytes
}

export const renderFrame = ({ data, ...head }: Frame): Buffer =>
  Buffer.concat([renderHeader({ ...head, length: data.length }), data])

const checkHeader = (version: number, what: number): 1 | 2 => {
  if (version !== 1 && version !== 2)
    throw new ProtocolError(`a frame of the multiplexer has version ${version}`)
  if (what > (version === 1 ? command.nop : command.update))
    throw new ProtocolError(`a frame of the multiplexer has command ${what}`)
  return version
}

/**
 * Frames are cut anywhere: takes bytes as they come. Returns how many bytes of an unfinished frame are kept.
 * @throws ProtocolError at a header that cannot be; there is no way back from it
 */
export const createFrameReader = (onFrame: (frame: Frame) => void): ((bytes: Buffer) => number) => {
  let held: Buffer[] = []
  let size = 0
  let wanted = headerLength
  const take = (): Buffer => {
    const [only] = held
    const all = held.length === 1 && only !== undefined ? only : Buffer.concat(held)
    held = []
    return all
  }
  const read = (): void => {
    let rest = take()
    wanted = headerLength
    while (rest.length >= headerLength) {
      const version = checkHeader(rest.readUInt8(0), rest.readUInt8(1))
      const end = headerLength + rest.readUInt16LE(2)
      if (rest.length < end) {
        wanted = end
        break
      }
      onFrame({
        version,
        command: rest.readUInt8(1),
        stream: rest.readUInt32LE(4),
        data: rest.subarray(headerLength, end),
      })
      rest = rest.subarray(end)
    }
    held = rest.length === 0 ? [] : [rest]
    size = rest.length
  }
  return (bytes) => {
    held.push(bytes)
    size += bytes.length
    // Joined once per frame and not once per message: a frame of 32 KiB comes in 33 pieces.
    if (size >= wanted) read()
    return size
  }
}
