import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'

type Sent = Parameters<WebSocket['send']>[0]
type Told = (error?: Error) => void
/** Masking, kind of frame and so on, as ws has them. */
type Options = { binary?: boolean | undefined }

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

  override send(data: Sent, options?: Options | Told, told?: Told): void {
    const { stream } = this
    if (stream !== undefined && stream.writableCorked === 0) {
      stream.cork()
      process.nextTick(() => stream.uncork())
    }
    // ws itself looks which of the two it was given.
    super.send(data, options as Options, told)
  }
}
