import type { Readable, Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { channelFlag } from '../../protocol/ssm/payload.ts'
import { flush } from '../terminal/flush.ts'
import type { ChannelTrouble } from './channel.ts'
import type { Connector } from './connector.ts'
import type { SessionEnd } from './session.ts'
import { tidyUp } from './tidy-up.ts'

export interface StreamOptions {
  readonly input: Readable
  readonly output: Writable
  readonly signal: AbortSignal
  readonly onTrouble: (trouble: ChannelTrouble) => void
}

/** Milliseconds in which what was written last must have arrived. */
const lastWords = 5000

/**
 * One connection of the other side as the bytes of two streams, for ssh's ProxyCommand. The end of the input ends the
 * session once all of it has arrived; ssh has said what it had to say by then. @throws what dialling threw
 */
export const runStream = async (
  connect: Connector,
  { input, output, signal, onTrouble }: StreamOptions,
): Promise<SessionEnd> => {
  // What is on its way when the session is held still arrives: one listener for all of it.
  let waiting = false
  const session = connect({
    onReady: () => input.resume(),
    onOutput: (data) => {
      if (output.write(data) || waiting) return
      waiting = true
      session.hold()
      output.once('drain', () => {
        waiting = false
        session.release()
      })
    },
    onErrorOutput: () => {},
    onDrain: () => input.resume(),
    onTrouble,
  })
  const leave = () => session.leave()
  const endInput = async () => {
    for (let waited = 0; !session.drained && waited < lastWords; waited += 10) await delay(10)
    session.flag(channelFlag.terminateSession)
    await delay(50)
    leave()
  }
  const type = (data: Buffer) => {
    if (!session.write(data)) input.pause()
  }
  input.on('data', type).once('end', endInput)
  input.pause()
  input.on('error', leave)
  output.on('error', leave)
  signal.addEventListener('abort', leave, { once: true })
  try {
    await session.open()
    const end = await session.ended
    await flush(output)
    await tidyUp(session, end)
    return end
  } finally {
    signal.removeEventListener('abort', leave)
    input.off('data', type).off('end', endInput).off('error', leave).pause()
    output.off('error', leave)
  }
}
