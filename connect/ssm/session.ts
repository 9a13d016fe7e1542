import { setTimeout as delay } from 'node:timers/promises'
import { type Cipher, createCipher } from '../../protocol/ssm/cipher.ts'
import {
  type KmsParameters,
  parseChallenge,
  parseHandshakeComplete,
  parseHandshakeRequest,
  renderChallenge,
  renderHandshakeResponse,
  type SessionTypeParameters,
} from '../../protocol/ssm/handshake.ts'
import type { AgentMessage } from '../../protocol/ssm/message.ts'
import {
  parseExitCode,
  parseFlag,
  payloadType,
  renderFlag,
  renderSize,
  type TerminalSize,
} from '../../protocol/ssm/payload.ts'
import { answerHandshake, type DataKey } from './answer-handshake.ts'
import { Channel, type ChannelEnd, type ChannelOptions } from './channel.ts'
import { createOutbox } from './outbox.ts'

/** What the agent has said of a session before it begins. */
export interface Opening {
  /** As the agent has numbered itself; empty for a terminal, which begins without a word. */
  readonly agentVersion: string
  readonly type: SessionTypeParameters
}

export interface SessionOptions
  extends Pick<ChannelOptions, 'ticket' | 'control' | 'ambient' | 'dial' | 'onTrouble' | 'patience'> {
  /** Input is welcome from now on. May be called twice, when an agent is late with its handshake. */
  readonly onReady: (opening: Opening) => void
  readonly onOutput: (data: Buffer) => void
  readonly onErrorOutput: (data: Buffer) => void
  /** There is room for more input. */
  readonly onDrain: () => void
  readonly onFlag?: (flag: number) => void
  /** For people, from the agent. */
  readonly onNotice?: (text: string) => void
  /** Asks KMS for the key of this session. */
  readonly generateKey?: (parameters: KmsParameters) => Promise<DataKey>
}

export interface SessionEnd {
  readonly end: ChannelEnd
  /** Of a command with separate output; undefined when the agent has sent none. */
  readonly exitCode: number | undefined
  /** What went wrong in the handshake on our side. */
  readonly failure: unknown
}

/** Milliseconds: an agent that begins with a handshake sends it before anything else. */
const handshakeWithin = 5000
/** Milliseconds that the service has to hear that we leave. */
const longestGoodbye = 2000
const terminal: SessionTypeParameters = { SessionType: 'Standard_Stream', Properties: null }

const noKey = (): Promise<never> => Promise.reject(new Error('this client has no access to KMS'))

/** The client's end of one session: handshake, encryption, input and output. */
export class Session {
  readonly ended: Promise<SessionEnd>
  private readonly options: SessionOptions
  private readonly channel: Channel
  private readonly outbox: ReturnType<typeof createOutbox>
  private readonly patience: NodeJS.Timeout
  private cipher: Cipher | undefined
  private opening: Opening | undefined
  private exitCode: number | undefined
  private failure: unknown
  private ready = false
  private size: TerminalSize | undefined

  constructor(options: SessionOptions) {
    const { ticket, control, ambient, dial, onTrouble, patience } = options
    this.options = options
    this.channel = new Channel({
      ...{ ticket, control, ambient, dial, onTrouble },
      ...(patience === undefined ? {} : { patience }),
      onData: (message) => this.receive(message),
      onRoom: () => this.outbox.drain(),
    })
    this.outbox = createOutbox({
      room: () => (this.ready ? this.channel.room() : 0),
      send: (type, payload) => this.channel.send(type, this.cipher?.encrypt(payload) ?? payload),
      onDrain: () => options.onDrain(),
    })
    this.patience = setTimeout(() => this.begin({ agentVersion: '', type: terminal }), handshakeWithin)
    this.ended = this.channel.ended.then((end) => {
      clearTimeout(this.patience)
      return { end, exitCode: this.exitCode, failure: this.failure }
    })
  }

  /** @throws what dialling threw; nothing is left on the other side then */
  async open(): Promise<void> {
    try {
      await this.channel.open()
    } catch (error) {
      await this.terminate()
      throw error
    }
  }

  /** False when whoever writes should wait for onDrain. Kept until the session is ready. */
  write = (data: Buffer): boolean => this.outbox.write(data)

  /** Does not wait for input that is queued. */
  resize(size: TerminalSize): void {
    this.size = size
    if (this.ready) this.channel.send(payloadType.size, renderSize(size))
  }

  flag(value: number): void {
    this.channel.send(payloadType.flag, renderFlag(value))
  }

  hold = (): void => this.channel.hold()
  release = (): void => this.channel.release()
  figures = () => this.channel.figures()

  /** Everything that was written has been acknowledged. */
  get drained(): boolean {
    return this.outbox.empty && this.channel.pending === 0
  }

  /** Stops here; tells nobody. */
  leave = (): void => this.channel.leave()

  /** Stops here and tells the service, which ends what runs on the other side; else that runs until it is idle for too long. */
  async terminate(): Promise<void> {
    const { control, ticket } = this.options
    this.channel.leave()
    const told = control.terminate(ticket.sessionId).catch(() => {})
    await Promise.race([told, delay(longestGoodbye, undefined, { ref: false })])
  }

  private begin(opening: Opening): void {
    clearTimeout(this.patience)
    this.ready = true
    if (this.size !== undefined) this.resize(this.size)
    this.options.onReady(opening)
    this.outbox.drain()
  }

  /** A message that was acknowledged does not come again: one we cannot read ends the session. */
  private receive(message: AgentMessage): void {
    try {
      this.take(message)
    } catch (error) {
      this.channel.fail(error)
    }
  }

  private take(message: AgentMessage): void {
    const { payloadType: type, payload } = message
    if (type === payloadType.handshakeRequest)
      this.shakeHands(payload).catch((error: unknown) => this.channel.fail(error))
    else if (type === payloadType.challengeRequest) this.answerChallenge(payload)
    else if (type === payloadType.handshakeComplete) this.complete(payload)
    else if (type === payloadType.flag) this.options.onFlag?.(parseFlag(payload) ?? 0)
    else {
      if (!this.ready) this.begin({ agentVersion: '', type: terminal })
      this.hear(type, this.decrypt(payload))
    }
  }

  private decrypt(payload: Buffer): Buffer {
    return this.cipher?.decrypt(payload) ?? payload
  }

  private hear(type: number, data: Buffer): void {
    if (type === payloadType.output) this.options.onOutput(data)
    if (type === payloadType.stdErr) this.options.onErrorOutput(data)
    if (type === payloadType.exitCode) this.exitCode = parseExitCode(data)
  }

  private async shakeHands(payload: Buffer): Promise<void> {
    clearTimeout(this.patience)
    this.ready = false
    const request = parseHandshakeRequest(payload)
    const generate = this.options.generateKey ?? noKey
    const { response, session, key } = await answerHandshake(request, (parameters) =>
      generate(parameters).catch((error: unknown) => {
        this.failure = error
        throw error
      }),
    )
    if (key !== undefined) this.cipher = createCipher(key, 'client')
    this.opening = { agentVersion: request.AgentVersion, type: session ?? terminal }
    this.channel.send(payloadType.handshakeResponse, renderHandshakeResponse(response))
  }

  private answerChallenge(payload: Buffer): void {
    if (this.cipher === undefined) return
    const plain = this.cipher.decrypt(Buffer.from(parseChallenge(payload), 'base64'))
    const answer = this.cipher.encrypt(plain).toString('base64')
    this.channel.send(payloadType.challengeResponse, renderChallenge(answer))
  }

  private complete(payload: Buffer): void {
    const { CustomerMessage } = parseHandshakeComplete(payload)
    if (CustomerMessage !== '') this.options.onNotice?.(CustomerMessage)
    this.begin(this.opening ?? { agentVersion: '', type: terminal })
  }
}
