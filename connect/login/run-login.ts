import { setTimeout as delay } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import type { ChannelTrouble } from '../ssm/channel.ts'
import type { Connector } from '../ssm/connector.ts'
import type { Session, SessionEnd } from '../ssm/session.ts'
import { tidyUp } from '../ssm/tidy-up.ts'
import { type DeviceCode, DeviceFlowReader, type LoginEvent } from './device-flow.ts'

/** Takes the keyboard, for a choice that only a person can make; `detach` gives it back. */
export interface Keyboard {
  attach(shown: string, type: (data: Buffer) => void): void
  show(data: Buffer): void
  detach(): void
}

export interface LoginOptions {
  /** Of IAM Identity Center; undefined for AWS Builder ID. */
  readonly startUrl: string | undefined
  readonly keyboard: Keyboard
  readonly signal: AbortSignal
  /** Never for a log: the code is a secret as long as it waits. */
  readonly onCode: (device: DeviceCode) => void
  readonly onTrouble: (trouble: ChannelTrouble) => void
}

export type LoginOutcome = Extract<
  LoginEvent,
  { kind: 'loggedIn' | 'alreadyLoggedIn' | 'refused' | 'expired' | 'noTerminal' | 'failed' }
>

const isOutcome = (event: LoginEvent): event is LoginOutcome =>
  event.kind !== 'code' && event.kind !== 'prompt' && event.kind !== 'picker'

/** Wide enough that kiro-cli never breaks a link. */
const wide = { cols: 250, rows: 50 }
const acceptDefault = Buffer.from('\r')
/** Milliseconds in which the link follows its code, and in which the session ends after the login has. */
const linkWithin = 1500
const endsWithin = 3000

class Login {
  private readonly options: LoginOptions
  private readonly reader: DeviceFlowReader
  private readonly session: Session
  private outcome: LoginOutcome | undefined
  private picking = false
  private text = ''
  private silence: NodeJS.Timeout | undefined

  constructor(connect: Connector, options: LoginOptions) {
    this.options = options
    this.reader = new DeviceFlowReader(options.startUrl)
    this.session = connect({
      onReady: () => this.session.resize(wide),
      onOutput: (data) => this.hear(data),
      onErrorOutput: (data) => this.hear(data),
      onDrain: () => {},
      onTrouble: options.onTrouble,
    })
  }

  async run(): Promise<{ outcome: LoginOutcome; ended: SessionEnd }> {
    const leave = () => this.session.leave()
    this.options.signal.addEventListener('abort', leave, { once: true })
    try {
      await this.session.open()
      const ended = await this.session.ended
      await tidyUp(this.session, ended)
      return { outcome: this.outcome ?? { kind: 'failed', text: lastLine(this.text) }, ended }
    } finally {
      this.options.signal.removeEventListener('abort', leave)
      clearTimeout(this.silence)
      this.options.keyboard.detach()
    }
  }

  private hear(data: Buffer): void {
    const text = data.toString()
    this.text = (this.text + text).slice(-4096)
    if (this.picking) this.options.keyboard.show(data)
    for (const event of this.reader.push(text)) this.act(event)
    clearTimeout(this.silence)
    this.silence = setTimeout(() => {
      const event = this.reader.rebuild()
      if (event !== undefined) this.act(event)
    }, linkWithin)
  }

  private act(event: LoginEvent): void {
    const { keyboard, onCode } = this.options
    if (event.kind === 'picker' && !this.picking) {
      this.picking = true
      keyboard.attach(this.text, (data) => void this.session.write(data))
    }
    if (event.kind === 'prompt') this.session.write(acceptDefault)
    if (event.kind === 'code') {
      if (this.picking) keyboard.detach()
      this.picking = false
      onCode(event.device)
    }
    if (!isOutcome(event)) return
    this.outcome = event
    void delay(endsWithin, undefined, { ref: false }).then(() => this.session.leave())
  }
}

const lastLine = (text: string): string =>
  stripVTControlCharacters(text)
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .at(-1) ?? 'kiro-cli login has said nothing'

/** A login by device flow, from its first question to its end. @throws what dialling threw */
export const runLogin = (
  connect: Connector,
  options: LoginOptions,
): Promise<{ outcome: LoginOutcome; ended: SessionEnd }> => new Login(connect, options).run()
