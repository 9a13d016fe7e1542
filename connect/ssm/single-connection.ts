import type { Socket } from 'node:net'

export interface SingleOptions {
  readonly write: (bytes: Buffer) => boolean
  /** The connection here has ended; the agent makes another with the next bytes. */
  readonly disconnect: () => void
  readonly hold: () => void
  readonly release: () => void
}

/** Old agents carry one connection at a time; those behind it wait for their turn, paused. */
export class SingleConnection {
  private readonly options: SingleOptions
  private current: Socket | undefined
  private queue: Socket[] = []

  constructor(options: SingleOptions) {
    this.options = options
  }

  carry(socket: Socket): void {
    socket.pause()
    socket.on('error', () => {})
    socket.on('close', () => this.closed(socket))
    this.queue.push(socket)
    this.serve()
  }

  receive = (bytes: Buffer): void => {
    const { current, options } = this
    if (current === undefined || current.write(Buffer.from(bytes))) return
    options.hold()
    const release = () => {
      current.off('drain', release).off('close', release)
      options.release()
    }
    current.on('drain', release).on('close', release)
  }

  resume(): void {
    this.current?.resume()
  }

  closeAll(): void {
    for (const socket of [...this.queue.splice(0), this.current]) socket?.destroy()
  }

  get size(): number {
    return this.queue.length + (this.current === undefined ? 0 : 1)
  }

  private serve(): void {
    if (this.current !== undefined) return
    const socket = this.queue.shift()
    if (socket === undefined) return
    this.current = socket
    socket.on('data', (data) => {
      if (!this.options.write(data)) socket.pause()
    })
    socket.on('end', () => socket.end())
    socket.resume()
  }

  private closed(socket: Socket): void {
    this.queue = this.queue.filter((one) => one !== socket)
    if (this.current !== socket) return
    this.current = undefined
    this.options.disconnect()
    this.serve()
  }
}
