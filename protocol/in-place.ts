import type { Duplex, Readable } from 'node:stream'

/** `Socket` of node:net, which this room does not know. */
export type SocketClass = new (options: never) => Duplex

export interface Intake<Stream extends Readable> {
  /** What to write to and to listen to from now on; the one that was given may be spent. */
  readonly stream: Stream
  pause(): void
  resume(): void
  /** Lets more come together before it is read. */
  rest(milliseconds: number): void
}

const size = 256 * 1024

/** Bytes before each place, for whoever has a word to put in front of what was read. */
const room = 16
const places = new WeakSet<ArrayBufferLike>()

/** `head` and `bytes` in one piece of memory, if there is room; only for what was read as it was read. */
export const putBefore = (head: Buffer, bytes: Buffer): Buffer | undefined => {
  if (bytes.byteOffset !== room || !places.has(bytes.buffer) || head.length > room) return undefined
  const whole = Buffer.from(bytes.buffer, room - head.length, head.length + bytes.length)
  head.copy(whole)
  return whole
}

const openPlace = (): Buffer => {
  const whole = Buffer.allocUnsafeSlow(room + size)
  places.add(whole.buffer)
  return whole.subarray(room)
}

interface Handle {
  readStop(): void
  readonly useUserBuffer?: unknown
}

/** Takes the connection of the operating system out of its stream. undefined: this one has none that can be taken. */
const takeHandle = (stream: Readable & { _handle?: Handle | null }, Socket: SocketClass) => {
  const handle = stream._handle
  const isPlain = Object.getPrototypeOf(stream) === Socket.prototype && stream.readable
  const isBusy = 'writableLength' in stream && stream.writableLength !== 0
  if (!isPlain || isBusy || handle?.useUserBuffer === undefined) return undefined
  handle.readStop()
  const early: Buffer | null = stream.read()
  stream._handle = null
  stream
    .removeAllListeners()
    .on('error', () => {})
    .destroy()
  return { handle, early }
}

/**
 * Reads a stream into one place, again and again. Node gives each read of a socket 64 KiB of its own, and what is no
 * longer needed of them is found by marking the whole heap: half of what passing bytes on costs a process. A socket
 * that is told so when it is made reads in place (`onread`, https://nodejs.org/docs/latest-v20.x/api/net.html), but
 * those of http, of stdin and of other processes are made by Node; so another one is made of what they are made of.
 * Streams of another kind, TLS for one, are read as ever.
 *
 * @param early what somebody has read of it already
 * @param take until it returns or, when it has paused, until it resumes: then the next bytes take the place
 */
export const readInPlace = <Stream extends Readable>(
  given: Stream,
  Socket: SocketClass,
  early: Buffer,
  take: (bytes: Buffer) => void,
): Intake<Stream> => {
  const taken = takeHandle(given, Socket)
  let first = Buffer.concat([early, taken?.early ?? Buffer.alloc(0)])
  let [paused, resting, inside] = [true, false, false]
  const onread = {
    buffer: taken === undefined ? Buffer.alloc(0) : openPlace(),
    callback: (length: number, buffer: Buffer) => {
      inside = true
      take(length === buffer.length ? buffer : buffer.subarray(0, length))
      inside = false
      // Stops the reading without what a stream does when it pauses, which is more than all else here.
      return !paused && !resting
    },
  }
  const how = { handle: taken?.handle, onread, pauseOnCreate: true, writable: 'write' in given }
  const stream = taken === undefined ? given : (new Socket(how as never) as Readable as Stream)
  if (taken === undefined) stream.pause().on('data', take).pause()
  const stop = () => {
    if (!inside) stream.pause()
  }
  const go = () => {
    if (!paused && !resting && !inside) stream.resume()
  }
  return {
    stream,
    pause() {
      paused = true
      stop()
    },
    resume() {
      paused = false
      const bytes = first
      first = Buffer.alloc(0)
      if (bytes.length > 0) take(bytes)
      go()
    },
    rest(milliseconds) {
      if (resting) return
      resting = true
      stop()
      setTimeout(() => {
        resting = false
        go()
      }, milliseconds)
    },
  }
}
