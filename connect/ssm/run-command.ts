import type { Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { flush } from '../terminal/flush.ts'
import type { ChannelTrouble } from './channel.ts'
import type { Connector } from './connector.ts'
import type { SessionEnd } from './session.ts'
import { tidyUp } from './tidy-up.ts'

export interface CommandOptions {
  readonly output: Writable
  readonly errorOutput: Writable
  /** Aborted by the first Ctrl-C: the command hears it, and may still say its last words and its exit code. */
  readonly signal: AbortSignal
  readonly onTrouble: (trouble: ChannelTrouble) => void
}

/** What the agent takes for Ctrl-C where there is no terminal. */
const interruptKey = Buffer.of(3)
/** Milliseconds from an interruption to the end of the session. */
const lastWords = 5000

/** A command nobody talks with: its two streams and its exit code. @throws what dialling threw */
export const runSessionCommand = async (
  connect: Connector,
  { output, errorOutput, signal, onTrouble }: CommandOptions,
): Promise<SessionEnd> => {
  const waiting = new Set<Writable>()
  const put = (stream: Writable, data: Buffer): void => {
    if (stream.write(data) || waiting.has(stream)) return
    waiting.add(stream)
    session.hold()
    stream.once('drain', () => {
      waiting.delete(stream)
      if (waiting.size === 0) session.release()
    })
  }
  const session = connect({
    onReady: () => {},
    onOutput: (data) => put(output, data),
    onErrorOutput: (data) => put(errorOutput, data),
    onDrain: () => {},
    onTrouble,
  })
  const leave = () => session.leave()
  const interrupt = () => {
    session.write(interruptKey)
    void delay(lastWords, undefined, { ref: false }).then(leave)
  }
  output.on('error', leave)
  signal.addEventListener('abort', interrupt, { once: true })
  try {
    await session.open()
    if (signal.aborted) interrupt()
    const end = await session.ended
    await Promise.all([output, errorOutput].map(flush))
    await tidyUp(session, end)
    return end
  } finally {
    signal.removeEventListener('abort', interrupt)
    output.off('error', leave)
  }
}
