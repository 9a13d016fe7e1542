import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { readInPlace } from '../../protocol/in-place.ts'
import { createPour } from '../../protocol/pour.ts'
import { type ByteSocket, closeCode } from '../../protocol/websocket/byte-socket.ts'

/** What ended a tunnel that was open. */
export type TunnelEnd =
  | { readonly kind: 'closed' }
  | { readonly kind: 'cut'; readonly code: number; readonly reason: string; readonly received: boolean }

/** RFC 6455, 7.1.5 and 7.4.1: an end that was meant. */
const isNormal = (code: number): boolean => code === closeCode.normal || code === closeCode.none

/** Returns what stops it. The end of the input is the end of the tunnel, after all that was sent before. */
const outwards = (input: Readable, socket: ByteSocket): (() => void) => {
  const pour = createPour(
    () => intake,
    () => socket.outgoing,
    (bytes, told) => socket.send(bytes, told),
  )
  const intake = readInPlace(input, Socket, Buffer.alloc(0), pour)
  const end = () => socket.close()
  intake.stream.once('end', end).once('error', end)
  intake.resume()
  return () => {
    intake.pause()
    // What has taken the place of stdin would keep the process.
    if (intake.stream !== input) intake.stream.destroy()
  }
}

/**
 * Carries bytes both ways until one side ends. The end of `input` is passed on as the end of the tunnel only after
 * everything before it is out: a websocket has no half-close, and ssh does not need one.
 */
export const pumpTunnel = async (
  socket: ByteSocket,
  input: Readable,
  output: Writable,
): Promise<TunnelEnd> => {
  let received = false
  const stop = outwards(input, socket)
  const pour = createPour(
    () => socket,
    () => output,
    (bytes, told) => output.write(bytes, told),
  )
  // Who takes no more still hears how it ended.
  output.on('error', () => socket.discard()).on('close', () => socket.discard())
  socket.take((bytes) => {
    received = true
    pour(bytes)
  })
  const { code, reason } = await socket.closed
  stop()
  // What has arrived reaches the reader before he hears of the end.
  if (!output.destroyed && output.writableLength > 0)
    await new Promise<void>((done) => output.once('close', done).write('', () => done()))
  return isNormal(code) ? { kind: 'closed' } : { kind: 'cut', code, reason, received }
}
