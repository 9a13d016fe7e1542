import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'

/**
 * What is sent in one turn leaves in one write. A session is many small frames, and most of what each costs is the
 * call of the operating system that sends it.
 */
export class QuickSocket extends WebSocket {
  private stream: Duplex | undefined

  /** @param stream the connection beneath; ws keeps it to itself */
  gatherOn(stream: Duplex): void {
    this.stream = stream
  }

  override send(data: string | Buffer): void {
    const { stream } = this
    if (stream !== undefined && stream.writableCorked === 0) {
      stream.cork()
      process.nextTick(() => stream.uncork())
    }
    super.send(data)
  }
}
