import { Socket } from 'node:net'
import { type Intake, readInPlace } from '../../protocol/in-place.ts'
import { createPour } from '../../protocol/pour.ts'
import { type ByteSocket, closeCode } from '../../protocol/websocket/byte-socket.ts'

/** Milliseconds in which the machine takes what the client has said last. */
const lastWords = 2000

/**
 * Bytes both ways until one side ends. A websocket has no half of a connection: whoever ends ends both, after all
 * that was said before has arrived.
 */
export const carry = (client: ByteSocket, dialled: Socket): void => {
  const machine: Intake<Socket> = readInPlace(
    dialled,
    Socket,
    Buffer.alloc(0),
    createPour(
      () => machine,
      () => client.outgoing,
      (bytes, told) => client.send(bytes, told),
    ),
  )
  const socket = machine.stream
  socket.on('error', () => {})
  socket.on('close', (failed) =>
    failed ? client.discard(closeCode.trouble, 'The connection was reset') : client.discard(closeCode.normal),
  )
  client.take(
    createPour(
      () => client,
      () => socket,
      (bytes, told) => socket.write(bytes, told),
    ),
  )
  machine.resume()
  void client.closed.then(() => {
    machine.resume()
    socket.end()
    setTimeout(() => socket.destroy(), lastWords).unref()
  })
}
