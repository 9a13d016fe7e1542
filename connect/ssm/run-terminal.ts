import type { ReadStream, WriteStream } from 'node:tty'
import { EscapeKeys } from '../terminal/escape-keys.ts'
import { ExitMarkReader } from '../terminal/exit-mark.ts'
import { flush } from '../terminal/flush.ts'
import { enterRawMode, type RawMode } from '../terminal/raw-mode.ts'
import { ScreenModes } from '../terminal/screen-modes.ts'
import type { ChannelTrouble } from './channel.ts'
import type { Connector } from './connector.ts'
import type { Session, SessionEnd } from './session.ts'
import { tidyUp } from './tidy-up.ts'

export interface TerminalOptions {
  /** A terminal, or anything that is read to its end. */
  readonly input: ReadStream
  readonly output: WriteStream & { readonly fd: number }
  readonly signal: AbortSignal
  /** For people, beside what the other side shows. */
  readonly tell: (line: string) => void
  /** Sees the first output. */
  readonly onFirstOutput?: () => void
  /** The session opens at once; nothing of it is shown, and no key is taken, before this. Never rejects. */
  readonly welcome?: Promise<void> | undefined
}

const endOfInput = 0x04
const newline = new Set([0x0a, 0x0d])

/** Milliseconds of silence before the end of input is typed; doubled each time. */
const endAfter = 500
const mostEnds = 8

/** The end of input, as one types it: the first only ends a line that was begun. */
const planEndOfInput = (last: number | undefined): Buffer =>
  last === undefined || newline.has(last) ? Buffer.of(endOfInput) : Buffer.of(endOfInput, endOfInput)

const renderTrouble = (trouble: ChannelTrouble): string =>
  trouble.kind === 'back'
    ? 'connected again'
    : `connection lost (${trouble.reason}); coming back (Enter ~ . gives up)`

/** Person here, terminal there. Every byte goes as it is. */
class Dialogue {
  private readonly options: TerminalOptions
  private readonly session: Session
  private readonly keys = new EscapeKeys()
  private readonly screen = new ScreenModes()
  private readonly mark = new ExitMarkReader()
  private raw: RawMode | undefined
  private last: number | undefined
  private seen = false
  /** Whether the session is held until the output takes more. */
  private waiting = false
  private ending: NodeJS.Timeout | undefined
  /** What happened before the welcome. */
  private early: (() => void)[] | undefined

  constructor(connect: Connector, options: TerminalOptions) {
    this.options = options
    this.early = options.welcome === undefined ? undefined : []
    this.session = connect({
      onReady: () => this.inTime(() => this.begin()),
      onOutput: (data) => this.inTime(() => this.show(data)),
      onErrorOutput: (data) => this.inTime(() => this.show(data)),
      onDrain: () => options.input.resume(),
      onNotice: (text) => this.inTime(() => this.tell(text)),
      onTrouble: (trouble) => this.inTime(() => this.tell(renderTrouble(trouble))),
    })
  }

  async run(): Promise<SessionEnd> {
    const { signal, output } = this.options
    const leave = () => void this.session.leave()
    signal.addEventListener('abort', leave, { once: true })
    // A reader that goes away ends the session instead of the process.
    output.on('error', leave)
    try {
      if (signal.aborted) leave()
      await this.session.open()
      const welcomed = this.options.welcome?.then(() => this.catchUp())
      const end = await this.session.ended
      await welcomed
      await this.finish()
      await tidyUp(this.session, end)
      return { ...end, exitCode: this.mark.exitCode }
    } finally {
      signal.removeEventListener('abort', leave)
      await this.finish()
      output.off('error', leave)
    }
  }

  private inTime(act: () => void): void {
    if (this.early === undefined) act()
    else {
      this.early.push(act)
      // What begins before the welcome is a prompt; whoever says more than that waits.
      this.session.hold()
    }
  }

  private catchUp(): void {
    const early = this.early ?? []
    this.early = undefined
    if (this.options.signal.aborted) return
    this.session.release()
    for (const act of early) act()
  }

  /** In raw mode a new line does not return to the left by itself. */
  private tell(line: string): void {
    this.options.tell(this.raw === undefined ? line : `\r${line}\r`)
  }

  private begin(): void {
    const { input, output } = this.options
    this.resize()
    if (this.raw !== undefined) return
    this.raw = enterRawMode(input, this.screen, output.fd)
    output.on('resize', this.resize)
    input.on('data', this.type)
    input.on('end', this.endInput)
    input.resume()
  }

  private readonly resize = (): void => {
    const { columns, rows } = this.options.output
    if (columns > 0 && rows > 0) this.session.resize({ cols: columns, rows })
  }

  private readonly type = (piece: Buffer): void => {
    const { input } = this.options
    const { data, leave } = input.isTTY === true ? this.keys.push(piece) : { data: piece, leave: false }
    this.last = data.at(-1) ?? this.last
    if (leave) this.session.leave()
    else if (!this.session.write(data)) input.pause()
  }

  /**
   * Between two programs the other terminal forgets that key, and a shell that starts is between two. So it is typed
   * when nothing has been shown for a while, and again when that did not end it.
   */
  private readonly endInput = (): void => {
    let ends = 0
    const type = (): void => {
      this.session.write(planEndOfInput(this.last))
      this.last = undefined
      ends += 1
      this.ending = ends < mostEnds ? setTimeout(type, endAfter * 2 ** ends) : undefined
    }
    this.ending = setTimeout(type, endAfter)
  }

  private show(data: Buffer): void {
    const { output, onFirstOutput } = this.options
    if (!this.seen) onFirstOutput?.()
    this.seen = true
    this.ending?.refresh()
    const shown = this.mark.push(data)
    this.screen.push(shown)
    if (shown.length === 0 || output.write(shown) || this.waiting) return
    this.waiting = true
    this.session.hold()
    output.once('drain', () => {
      this.waiting = false
      this.session.release()
    })
  }

  private async finish(): Promise<void> {
    const { input, output } = this.options
    input.off('data', this.type)
    input.off('end', this.endInput)
    output.off('resize', this.resize)
    clearTimeout(this.ending)
    input.pause()
    await flush(output)
    this.raw?.restore()
  }
}

/** @throws what dialling threw */
export const runTerminal = (connect: Connector, options: TerminalOptions): Promise<SessionEnd> =>
  new Dialogue(connect, options).run()
