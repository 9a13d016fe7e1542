import { randomBytes } from 'node:crypto'
import type { Duplex, Writable } from 'node:stream'
import { type Intake, putBefore, readInPlace, type SocketClass } from '../in-place.ts'
import { ProtocolError } from '../protocol-error.ts'
import { applyMask, createFrameReader, opcode, renderHead } from './frame.ts'

/** https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
export const closeCode = {
  normal: 1000,
  protocol: 1002,
  unsupported: 1003,
  none: 1005,
  cut: 1006,
  violation: 1008,
  trouble: 1011,
} as const

export interface Closed {
  readonly code: number
  readonly reason: string
}

/** `client-bare` masks with zeros: for what goes to a server on this computer, see connect/eice/tunnel.ts. */
export type Side = 'server' | 'client' | 'client-bare'

/** Milliseconds in which the other side agrees to the end. */
const patience = 30_000

const zeros = Buffer.alloc(4)

/** Not all numbers may be sent. */
const renderClose = ({ code, reason }: Closed): Buffer => {
  if (code === closeCode.none) return Buffer.alloc(0)
  const payload = Buffer.from(`  ${reason}`)
  payload.writeUInt16BE(code)
  return payload
}

const parseClose = (payload: Buffer): Closed => {
  if (payload.length === 0) return { code: closeCode.none, reason: '' }
  const code = payload.length === 1 ? 0 : payload.readUInt16BE()
  const isAllowed =
    (code >= 1000 && code <= 1014 && ![1004, closeCode.none, closeCode.cut].includes(code)) ||
    (code >= 3000 && code <= 4999)
  if (!isAllowed) throw new ProtocolError(`a frame closes with code ${code}`)
  return { code, reason: payload.toString('utf8', 2) }
}

/**
 * A websocket whose messages are nothing but bytes on their way, after its handshake. `ws` puts each message together
 * in memory of its own before it hands it on; for a tunnel that was two thirds of all its work.
 * It is paused until `take`.
 */
export class ByteSocket {
  /** How it ended, once the connection is gone. Never rejects. */
  readonly closed: Promise<Closed>
  private readonly side: Side
  private readonly intake: Intake<Duplex>
  private taker: ((piece: Buffer) => void) | undefined
  private said: Closed | undefined
  private heard: Closed | undefined

  constructor(stream: Duplex, early: Buffer, side: Side, Socket: SocketClass) {
    this.side = side
    const read = createFrameReader(side === 'server', {
      bytes: (piece) => this.taker?.(piece),
      text: () => this.discard(closeCode.unsupported, 'Only binary frames are accepted'),
      control: (code, payload) => this.hear(code, payload),
    })
    this.intake = readInPlace(stream, Socket, early, (bytes) => {
      if (this.heard !== undefined) return
      try {
        read(bytes)
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error
        this.heard = { code: closeCode.protocol, reason: error.message }
        this.close(this.heard.code, this.heard.reason)
        this.intake.stream.end()
      }
    })
    const own = this.intake.stream
    own.on('error', () => {})
    own.once('end', () => own.end())
    this.closed = new Promise((resolve) =>
      own.once('close', () => resolve(this.heard ?? { code: closeCode.cut, reason: '' })),
    )
  }

  get isOpen(): boolean {
    return this.said === undefined && this.heard === undefined && !this.intake.stream.destroyed
  }

  /** Where bytes wait that were sent. */
  get outgoing(): Writable {
    return this.intake.stream
  }

  /** Each piece is to be used, or pause() called, before `taker` returns: its memory is used again. */
  take(taker: (piece: Buffer) => void): void {
    this.taker = taker
    this.resume()
  }

  pause(): void {
    this.intake.pause()
  }

  resume(): void {
    this.intake.resume()
  }

  send(bytes: Buffer, told?: () => void): void {
    if (this.isOpen) this.write(opcode.binary, bytes, told)
    else told?.()
  }

  /** What was sent before arrives before the end. The first one says how it ended. */
  close(code: number = closeCode.none, reason = ''): void {
    if (this.said !== undefined) return
    this.said = { code, reason }
    this.write(opcode.close, renderClose(this.said))
    const timer = setTimeout(() => this.terminate(), patience).unref()
    this.intake.stream.once('close', () => clearTimeout(timer))
    if (this.heard !== undefined) this.intake.stream.end()
  }

  /** The same, for who takes no more: a paused one would not hear that the other side agrees to the end. */
  discard(code?: number, reason?: string): void {
    this.close(code, reason)
    this.taker = undefined
    this.resume()
  }

  terminate(): void {
    this.intake.stream.destroy()
  }

  private write(code: number, bytes: Buffer, told?: () => void): void {
    const { stream } = this.intake
    if (stream.writableEnded || stream.destroyed) {
      told?.()
      return
    }
    const mask = this.side === 'server' ? undefined : this.side === 'client' ? randomBytes(4) : zeros
    const head = renderHead(code, bytes.length, mask)
    if (mask === undefined || mask === zeros) {
      const whole = putBefore(head, bytes)
      if (whole !== undefined) stream.write(whole, told)
      else this.writeBoth(head, bytes, told)
    } else {
      const copy = Buffer.from(bytes)
      applyMask(copy, mask)
      this.writeBoth(head, copy, told)
    }
  }

  private writeBoth(head: Buffer, bytes: Buffer, told: (() => void) | undefined): void {
    const { stream } = this.intake
    stream.cork()
    stream.write(head)
    stream.write(bytes, told)
    stream.uncork()
  }

  private hear(code: number, payload: Buffer): void {
    if (code === opcode.ping) this.write(opcode.pong, payload)
    if (code !== opcode.close) return
    const heard = parseClose(payload)
    this.heard = heard
    if (this.said === undefined) this.close(heard.code)
    else this.intake.stream.end()
  }
}
