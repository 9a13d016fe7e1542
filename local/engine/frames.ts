/** Which stream a frame belongs to. https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach */
export type FrameKind = 'stdout' | 'stderr'

const header = 8

/** Takes the bytes of an attached connection and hands on what belongs to which stream. */
export const createFrameReader = (onFrame: (kind: FrameKind, data: Buffer) => void) => {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk: Buffer): void => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= header) {
      const size = rest.readUInt32BE(4)
      if (rest.length < header + size) return
      const data = rest.subarray(header, header + size)
      if (size > 0) onFrame(rest[0] === 2 ? 'stderr' : 'stdout', data)
      rest = rest.subarray(header + size)
    }
  }
}

/** Keeps the first so many bytes and forgets the others. */
export const createKeeper = (largest: number) => {
  const chunks: Buffer[] = []
  let size = 0
  return {
    add(data: Buffer): void {
      const kept = data.subarray(0, largest - size)
      if (kept.length === 0) return
      // A copy: the frame is a view of a buffer that would be kept alive with it.
      chunks.push(Buffer.from(kept))
      size += kept.length
    },
    all: (): Buffer => Buffer.concat(chunks),
  }
}
