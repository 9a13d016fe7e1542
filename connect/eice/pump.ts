import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { type Intake, readInPlace } from '../../protocol/in-place.ts'
import { createPour } from '../../protocol/pour.ts'
import { type ByteSocket, closeCode } from '../../protocol/websocket/byte-socket.ts'

/** What ended a tunnel that was open. */
export type TunnelEnd =
  | { readonly kind: 'closed' }
  | { readonly kind: 'cut'; readonly code: number; readonly reason: string; readonly received: boolean }

/** RFC 6455, 7.1.5 and 7.4.1: an end that was meant. */
const isNormal = (code: number): boolean => code === closeCode.normal || code === closeCode.none

/** Bytes of a piece that is no more than a word about what comes the other way, and of a flow that brings many such. */
const [word, flood] = [1024, 64 * 1024]

/** Milliseconds in which such words come together while the other way is flooded. */
const gather = 2

/**
 * A pipe to ssh holds 64 KiB, and each time it is full to wait for room in the loop of events costs more than to wait
 * in the kernel. Nothing else has to be done meanwhile: ssh reads whenever something is there, also while it writes.
 */
const writeAtOnce = (output: Writable & { _handle?: { setBlocking?(on: boolean): number } | null }): void =>
  void output._handle?.setBlocking?.(true)

/** Returns what stops it. The end of the input is the end of the tunnel, after all that was sent before. */
const outwards = (input: Readable, socket: ByteSocket, countReceived: () => number): (() => void) => {
  let before = 0
  const pour = createPour(
    () => intake,
    () => socket.outgoing,
    (bytes, told) => socket.send(bytes, told),
  )
  const intake: Intake<Readable> = readInPlace(input, Socket, Buffer.alloc(0), (bytes) => {
    pour(bytes)
    // ssh makes room for each 100 kB of a file that it receives, and each word of that wakes three processes.
    if (bytes.length <= word && countReceived() - before > flood) intake.rest(gather)
    before = countReceived()
  })
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
  let received = 0
  const stop = outwards(input, socket, () => received)
  const pour = createPour(
    () => socket,
    () => output,
    (bytes, told) => output.write(bytes, told),
  )
  writeAtOnce(output)
  // Who takes no more still hears how it ended.
  output.on('error', () => socket.discard()).on('close', () => socket.discard())
  socket.take((bytes) => {
    received += bytes.length
    pour(bytes)
  })
  const { code, reason } = await socket.closed
  stop()
  // What has arrived reaches the reader before he hears of the end.
  if (!output.destroyed && output.writableLength > 0)
    await new Promise<void>((done) => output.once('close', done).write('', () => done()))
  return isNormal(code) ? { kind: 'closed' } : { kind: 'cut', code, reason, received: received > 0 }
}
