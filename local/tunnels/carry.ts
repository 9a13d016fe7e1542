import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'

/** Bytes that may wait for a slow client before the machine is asked to wait. */
const most = 1 << 20
/** Milliseconds in which the machine takes what the client has said last. */
const lastWords = 2000

/** https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
export const closeCode = { normal: 1000, unsupported: 1003, violation: 1008, trouble: 1011 } as const

/** A paused one would not hear that the other side agrees to the end. */
export const endTunnel = (client: WebSocket, code: number, reason?: string): void => {
  client.close(code, reason)
  client.resume()
}

const toClient = (socket: Socket, client: WebSocket): void => {
  let waiting = 0
  socket.on('data', (data) => {
    waiting += data.length
    client.send(data, { binary: true }, () => {
      waiting -= data.length
      if (waiting < most / 2 && socket.isPaused()) socket.resume()
    })
    if (waiting > most) socket.pause()
  })
}

const toMachine = (client: WebSocket, socket: Socket): void => {
  socket.on('drain', () => client.resume())
  client.on('message', (data: Buffer, binary) => {
    if (!binary) endTunnel(client, closeCode.unsupported, 'Only binary frames are accepted')
    // Empty frames are what some clients send while they have nothing to say. Where nobody takes more, nobody would
    // wake a client that was asked to wait either.
    else if (data.length > 0 && socket.writable && !socket.write(data)) client.pause()
  })
}

/**
 * Bytes both ways until one side ends. A websocket has no half of a connection: whoever ends ends both, after all
 * that was said before has arrived.
 */
export const carry = (client: WebSocket, socket: Socket): void => {
  toClient(socket, client)
  toMachine(client, socket)
  socket.on('error', () => {})
  socket.on('close', (failed) =>
    failed
      ? endTunnel(client, closeCode.trouble, 'The connection was reset')
      : endTunnel(client, closeCode.normal),
  )
  client.on('close', () => {
    socket.resume()
    socket.end()
    setTimeout(() => socket.destroy(), lastWords).unref()
  })
}
