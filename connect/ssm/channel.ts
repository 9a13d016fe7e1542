import { setTimeout as delay } from 'node:timers/promises'
import type WebSocket from 'ws'
import { ProtocolError } from '../../protocol/protocol-error.ts'
import type { Ambient } from '../../protocol/ssm/ambient.ts'
import { parseChannelClosed } from '../../protocol/ssm/control-message.ts'
import { createLink, tickInterval } from '../../protocol/ssm/link.ts'
import { type AgentMessage, messageType } from '../../protocol/ssm/message.ts'
import { renderOpenDataChannel } from '../../protocol/ssm/open-data-channel.ts'
import { clientVersion } from '../../protocol/ssm/version.ts'
import { planBackOff } from './back-off.ts'
import type { SessionControl, Ticket } from './control.ts'

export interface ChannelOptions {
  readonly ticket: Ticket
  readonly control: SessionControl
  readonly ambient: Ambient
  /** Opens a websocket, paused. */
  readonly dial: (streamUrl: string) => Promise<WebSocket>
  readonly onData: (message: AgentMessage) => void
  readonly onRoom: () => void
  readonly onTrouble: (trouble: ChannelTrouble) => void
  /** Seconds after which a lost session is given up. */
  readonly patience?: number
}

/** What a person should hear of while the session goes on. */
export type ChannelTrouble = { readonly kind: 'lost'; readonly reason: string } | { readonly kind: 'back' }

export type ChannelEnd =
  /** The service closed it. `output` is empty after a normal end. */
  | { readonly kind: 'closed'; readonly output: string }
  /** It was over when we came back. */
  | { readonly kind: 'over' }
  /** Could not come back. */
  | { readonly kind: 'lost'; readonly error: unknown }
  /** We left. */
  | { readonly kind: 'left' }

const usualPatience = 120
const firstPatience = 10
/** Milliseconds after which a connection counts as good even when the session is silent. */
const goodAfter = 10_000
/** Milliseconds between two pings, and without any frame after which the other end counts as gone. */
const pingEvery = 20_000
const silence = 50_000

/** A refusal that no second try changes. */
const isFinal = (error: unknown): boolean => (error as { final?: boolean } | null)?.final === true

/** One session over connections that come and go. */
export class Channel {
  readonly ended: Promise<ChannelEnd>
  private readonly link
  private readonly options: ChannelOptions
  private readonly clientId: string
  private readonly timers: NodeJS.Timeout[]
  private socket: WebSocket | undefined
  private finish: (end: ChannelEnd) => void = () => {}
  private over = false
  /** When something was last heard. */
  private heard = 0
  private held = false
  /** Since when, and how often in vain, we have tried to come back. */
  private away: { since: number; tries: number } | undefined

  constructor(options: ChannelOptions) {
    const { ambient, onData, onRoom } = options
    this.options = options
    this.clientId = ambient.uuid()
    this.link = createLink({
      ...{ side: 'client', ambient, onData, onRoom },
      transmit: (bytes) => this.socket?.send(bytes),
      onControl: (message) => this.control(message),
    })
    this.ended = new Promise((resolve) => {
      this.finish = (end) => {
        if (this.over) return
        this.over = true
        this.stop()
        resolve(end)
      }
    })
    this.timers = [
      setInterval(() => !this.held && this.link.tick(), tickInterval),
      setInterval(() => this.ping(), pingEvery),
    ]
  }

  /** @throws what dialling threw when the first connection cannot be made */
  async open(): Promise<void> {
    try {
      await this.connect(this.options.ticket)
    } catch (error) {
      if (isFinal(error)) throw this.failed(error)
      await this.comeBack(error, firstPatience).catch((again: unknown) => {
        throw this.failed(again)
      })
    }
  }

  room = (): number => this.link.room()
  send = (payloadType: number, payload: Buffer, flags = 0): number =>
    this.link.send(payloadType, payload, flags)
  get pending(): number {
    return this.link.pending
  }
  figures = () => this.link.figures()

  /** Stops reading, so that what a slow reader has not taken stays on the other side. */
  hold(): void {
    this.held = true
    this.socket?.pause()
  }
  release(): void {
    this.held = false
    this.heard = this.options.ambient.monotonic()
    this.socket?.resume()
  }

  /** Tells nobody; that is for TerminateSession. */
  leave(): void {
    this.finish({ kind: 'left' })
  }

  /** Something that no message can be lost for was lost. */
  fail(error: unknown): void {
    this.finish({ kind: 'lost', error })
  }

  private failed(error: unknown): unknown {
    this.fail(error)
    return error
  }

  private stop(): void {
    for (const timer of this.timers) clearInterval(timer)
    this.link.disconnect()
    this.socket?.close(1000)
    const left = this.socket
    // A peer that does not answer the close frame must not keep us.
    setTimeout(() => left?.terminate(), 500).unref()
    this.socket = undefined
  }

  private async connect({ streamUrl, token }: Ticket): Promise<void> {
    const { dial, ambient } = this.options
    const socket = await dial(streamUrl)
    if (this.over) return socket.terminate()
    const openedAt = ambient.monotonic()
    this.socket = socket
    this.heard = openedAt
    const lost = new Promise<string>((resolve) => {
      socket.on('error', (error) => resolve(error.message))
      socket.on('close', (code, reason) => resolve(reason.toString() || `connection closed (${code})`))
    })
    socket.on('message', (data: Buffer, binary) => this.receive(data, binary))
    socket.on('pong', () => {
      this.heard = ambient.monotonic()
    })
    socket.send(
      renderOpenDataChannel({
        ...{ requestId: ambient.uuid(), token, clientId: this.clientId, clientVersion },
      }),
    )
    this.link.connect()
    if (!this.held) socket.resume()
    void lost.then((reason) => this.lose(socket, openedAt, reason))
  }

  private receive(data: Buffer, binary: boolean): void {
    if (this.over || !binary) return
    this.heard = this.options.ambient.monotonic()
    this.away = undefined
    try {
      this.link.receive(data)
    } catch (error) {
      // Such a frame counts as lost: it is not acknowledged, and comes again.
      if (!(error instanceof ProtocolError)) throw error
    }
  }

  private control({ messageType: type, payload }: AgentMessage): void {
    if (type === messageType.channelClosed)
      this.finish({ kind: 'closed', output: parseChannelClosed(payload).output })
  }

  private ping(): void {
    const { socket } = this
    if (socket === undefined || this.held) return
    if (this.options.ambient.monotonic() - this.heard > silence) socket.terminate()
    else socket.ping('keepalive')
  }

  private lose(socket: WebSocket, openedAt: number, reason: string): void {
    if (this.over || socket !== this.socket) return
    this.socket = undefined
    this.link.disconnect()
    if (this.options.ambient.monotonic() - openedAt > goodAfter) this.away = undefined
    if (this.away === undefined) this.options.onTrouble({ kind: 'lost', reason })
    this.comeBack(new Error(reason), this.options.patience ?? usualPatience).then(
      () => !this.over && this.options.onTrouble({ kind: 'back' }),
      (error: unknown) => this.finish({ kind: 'lost', error }),
    )
  }

  /** With a fresh token and the address that comes with it: the old one expires. */
  private async comeBack(first: unknown, seconds: number): Promise<void> {
    const { ticket, control, ambient } = this.options
    let last = first
    while (!this.over) {
      this.away ??= { since: ambient.monotonic(), tries: 0 }
      this.away.tries += 1
      if (isFinal(last) || ambient.monotonic() - this.away.since > seconds * 1000) throw last
      await delay(planBackOff(this.away.tries, Math.random()))
      try {
        const fresh = await control.resume(ticket.sessionId)
        if (fresh === undefined) return this.finish({ kind: 'over' })
        await this.connect(fresh)
        return
      } catch (error) {
        last = error
      }
    }
  }
}
