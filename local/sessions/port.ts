import type { Socket } from 'node:net'
import { channelFlag, payloadType } from '../../protocol/ssm/payload.ts'
import type { Destination } from './destination.ts'
import { type Program, type ProgramTools, StartFailure } from './program.ts'

const explain = (destination: Destination, error: Error & { code?: string }): string =>
  `Connection to destination port failed: ${destination.name}: ${error.code ?? error.message}`

/** One connection to a port: its bytes are the session. */
export const startRawPort = async (tools: ProgramTools, destination: Destination): Promise<Program> => {
  const { listener } = tools
  const dial = async (): Promise<Socket> => {
    const made = await destination.dial().catch((error: Error) => {
      throw new StartFailure(explain(destination, error))
    })
    made.on('data', (data) => listener.say(payloadType.output, data))
    // One that the client has let go of is no end of the session.
    made.on('close', () => {
      if (made === socket) listener.end('')
    })
    made.on('error', () => {})
    return made
  }
  let socket: Socket | undefined = undefined as Socket | undefined
  let waiting: Promise<unknown> = Promise.resolve()
  socket = await dial()
  return {
    input(data) {
      waiting = waiting.then(async () => {
        try {
          socket ??= await dial()
          socket.write(data)
        } catch (error) {
          listener.end((error as Error).message)
        }
      })
    },
    resize: () => {},
    flag(value) {
      if (value !== channelFlag.disconnectToPort) return
      waiting = waiting.then(() => {
        const left = socket
        socket = undefined
        left?.end()
      })
    },
    pause: () => void socket?.pause(),
    resume: () => void socket?.resume(),
    async kill() {
      const left = socket
      socket = undefined
      left?.destroy()
    },
  }
}
