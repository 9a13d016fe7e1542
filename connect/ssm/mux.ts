import type { Socket } from 'node:net'
import {
  command,
  createFrameReader,
  type Frame,
  maximumData,
  renderHeader,
} from '../../protocol/smux/frame.ts'

export interface MuxOptions {
  /** False: wait for `resume`. */
  readonly write: (bytes: Buffer) => boolean
  /** What has arrived and was not taken yet is too much, or is not any more. */
  readonly hold: () => void
  readonly release: () => void
}

interface Stream {
  readonly socket: Socket
  /** The program here has said all; it may still want to hear. */
  silent: NodeJS.Timeout | undefined
}

/** As in smux: the first stream of a client. */
const firstStream = 3
/** Bytes that programs here have not read yet, of all streams, before the other side has to wait. */
const mostWaiting = 4 << 20
/** Milliseconds of silence after which a connection whose one half has ended is ended. */
const halfClosed = 10_000

/**
 * Many connections over one stream of bytes, from the side that opens them: smux version 1, which knows no half of a
 * connection. The agent closes for good when it hears of an end, and a program that ends its half to ask for the
 * answer would lose it. So an end here is told when the other side has ended, or has been silent for a while; a
 * server that waits for the end of what it hears waits as long.
 */
export class Mux {
  private readonly options: MuxOptions
  private readonly streams = new Map<number, Stream>()
  private next = firstStream
  private full = false
  private held = false
  readonly receive: (bytes: Buffer) => void

  constructor(options: MuxOptions) {
    this.options = options
    const read = createFrameReader((frame) => this.take(frame))
    this.receive = (bytes) => void read(bytes)
  }

  /** Carries a connection that was just accepted; it must allow half of it to be open. */
  carry(socket: Socket): void {
    const id = this.next
    this.next += 2
    const stream: Stream = { socket, silent: undefined }
    this.streams.set(id, stream)
    this.send(command.syn, id)
    socket.setNoDelay(true)
    socket.on('data', (data) => this.push(id, data))
    socket.on('end', () => this.wait(id, stream))
    socket.on('error', () => {})
    socket.on('drain', () => this.weigh())
    socket.on('close', () => this.close(id))
    if (this.full) socket.pause()
  }

  /** There is room for more input. */
  resume(): void {
    this.full = false
    for (const { socket } of this.streams.values()) socket.resume()
  }

  closeAll(): void {
    for (const { socket } of this.streams.values()) socket.destroy()
  }

  get size(): number {
    return this.streams.size
  }

  private send(what: number, stream: number, data: Buffer = Buffer.alloc(0)): void {
    // The data itself is not copied behind its header: on a fast forward that is memory faster than it is given back.
    let room = this.options.write(renderHeader({ version: 1, command: what, stream, length: data.length }))
    if (data.length > 0) room = this.options.write(data)
    if (room || this.full) return
    this.full = true
    for (const { socket } of this.streams.values()) socket.pause()
  }

  private push(id: number, data: Buffer): void {
    // After the other side has ended, nobody there takes what is still said here.
    if (!this.streams.has(id)) return
    for (let from = 0; from < data.length; from += maximumData)
      this.send(command.push, id, data.subarray(from, from + maximumData))
  }

  private wait(id: number, stream: Stream): void {
    clearTimeout(stream.silent)
    stream.silent = setTimeout(() => this.close(id), halfClosed)
  }

  /** From our side. */
  private close(id: number): void {
    const stream = this.streams.get(id)
    if (stream === undefined) return
    this.forget(id, stream)
    this.send(command.fin, id)
    stream.socket.destroySoon()
  }

  private forget(id: number, stream: Stream): void {
    clearTimeout(stream.silent)
    this.streams.delete(id)
    this.weigh()
  }

  private take({ command: what, stream: id, data }: Frame): void {
    const stream = this.streams.get(id)
    if (stream === undefined) return
    if (what === command.push) {
      if (stream.silent !== undefined) this.wait(id, stream)
      // The bytes are a view of what the reader keeps.
      stream.socket.write(Buffer.from(data))
      this.weigh()
    }
    if (what === command.fin) {
      this.forget(id, stream)
      this.send(command.fin, id)
      stream.socket.destroySoon()
    }
  }

  private weigh(): void {
    let waiting = 0
    for (const { socket } of this.streams.values()) waiting += socket.writableLength
    if (!this.held && waiting > mostWaiting) {
      this.held = true
      this.options.hold()
    } else if (this.held && waiting < mostWaiting / 2) {
      this.held = false
      this.options.release()
    }
  }
}
