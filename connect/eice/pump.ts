import type { Readable, Writable } from 'node:stream'
import type WebSocket from 'ws'

/** What ended a tunnel that was open. */
export type TunnelEnd =
  | { readonly kind: 'closed' }
  | { readonly kind: 'cut'; readonly code: number; readonly reason: string; readonly received: boolean }

/** Bytes on their way out before whoever writes is asked to wait. */
const most = 1 << 20

/** RFC 6455, 7.1.5 and 7.4.1: an end that was meant. */
const isNormal = (code: number): boolean => code === 1000 || code === 1005

/** A paused one would not hear that the other side agrees to the end. */
const leaveTunnel = (socket: WebSocket, code?: number): void => {
  socket.close(code)
  socket.resume()
}

const outwards = (input: Readable, socket: WebSocket): (() => void) => {
  let waiting = 0
  const send = (data: Buffer) => {
    waiting += data.length
    socket.send(data, { binary: true }, () => {
      waiting -= data.length
      if (waiting < most / 2 && input.isPaused()) input.resume()
    })
    if (waiting > most) input.pause()
  }
  // After what was sent before: a frame that closes waits its turn.
  const end = () => leaveTunnel(socket)
  input.on('data', send).once('end', end).once('error', end)
  return () => input.off('data', send).off('end', end).pause()
}

/**
 * Carries bytes both ways until one side ends. The end of `input` is passed on as the end of the tunnel only after
 * everything before it is out: a websocket has no half-close, and ssh does not need one.
 */
export const pumpTunnel = (socket: WebSocket, input: Readable, output: Writable): Promise<TunnelEnd> =>
  new Promise((resolve) => {
    let received = false
    const stop = outwards(input, socket)
    const leave = () => leaveTunnel(socket)
    output.on('error', leave)
    socket.on('message', (data: Buffer, binary) => {
      received = true
      if (!binary) return leaveTunnel(socket, 1003)
      if (data.length > 0 && !output.write(data)) socket.pause()
    })
    output.on('drain', () => socket.resume())
    // What the socket has to say about its end comes with `close`.
    socket.on('error', () => {})
    socket.once('close', (code, reason) => {
      stop()
      const end: TunnelEnd = isNormal(code)
        ? { kind: 'closed' }
        : { kind: 'cut', code, reason: reason.toString('utf8'), received }
      // What has arrived reaches the reader before he hears of the end.
      if (output.destroyed || output.writableLength === 0) resolve(end)
      else output.once('close', () => resolve(end)).write('', () => resolve(end))
    })
    socket.resume()
  })
