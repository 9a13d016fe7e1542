import type { Socket } from 'node:net'
import {
  command,
  createFrameReader,
  type Frame,
  maximumData,
  renderFrame,
} from '../../protocol/smux/frame.ts'
import { channelFlag, payloadType, renderFlag } from '../../protocol/ssm/payload.ts'
import type { Destination } from './destination.ts'
import type { Program, ProgramTools } from './program.ts'

const nothing = Buffer.alloc(0)

/**
 * Many connections to a port over one stream of bytes, as smux version 1 frames them. There is no half
 * of a connection: whoever ends his side ends both, as in the agent.
 */
export const startForwarding = async (tools: ProgramTools, destination: Destination): Promise<Program> => {
  const { listener, log, sessionId } = tools
  const streams = new Map<number, { socket: Socket | undefined; waiting: Buffer[]; over: boolean }>()
  let paused = false
  const send = (what: number, stream: number, data: Buffer) =>
    listener.say(payloadType.output, renderFrame({ version: 1, command: what, stream, data }))

  const close = (id: number): void => {
    if (streams.delete(id)) send(command.fin, id, nothing)
  }
  const carry = (id: number, data: Buffer): void => {
    for (let from = 0; from < data.length; from += maximumData)
      send(command.push, id, data.subarray(from, from + maximumData))
  }
  const open = async (id: number): Promise<void> => {
    const stream: { socket: Socket | undefined; waiting: Buffer[]; over: boolean } = {
      ...{ socket: undefined, waiting: [], over: false },
    }
    streams.set(id, stream)
    try {
      const socket = await destination.dial()
      stream.socket = socket
      socket.on('data', (data) => carry(id, data))
      socket.on('close', () => close(id))
      socket.on('error', () => {})
      if (paused) socket.pause()
      for (const data of stream.waiting.splice(0)) socket.write(data)
      if (stream.over) socket.end()
    } catch (error) {
      log(`session ${sessionId}: ${destination.name}: ${(error as Error).message}`)
      listener.say(payloadType.flag, renderFlag(channelFlag.connectToPortError))
      close(id)
    }
  }
  const receive = ({ command: what, stream: id, data }: Frame): void => {
    if (what === command.syn) return void open(id)
    const stream = streams.get(id)
    if (stream === undefined) return
    if (what === command.push) {
      // The bytes are a view of what the reader keeps.
      if (stream.socket === undefined) stream.waiting.push(Buffer.from(data))
      else stream.socket.write(Buffer.from(data))
    }
    if (what !== command.fin) return
    stream.over = true
    streams.delete(id)
    stream.socket?.end()
  }
  const read = createFrameReader(receive)
  const each = (act: (socket: Socket) => void) => {
    for (const { socket } of streams.values()) if (socket !== undefined) act(socket)
  }
  return {
    input: (data) => void read(data),
    resize: () => {},
    flag: () => {},
    pause() {
      paused = true
      each((socket) => socket.pause())
    },
    resume() {
      paused = false
      each((socket) => socket.resume())
    },
    async kill() {
      const all = [...streams.values()]
      streams.clear()
      for (const { socket } of all) socket?.destroy()
    },
  }
}
