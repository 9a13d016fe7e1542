/**
 * Modes of the terminal that programs switch on and switch off again when they leave: the other screen, mouse, paste
 * in brackets, a hidden cursor. A program whose connection is lost cannot, so somebody has to know.
 * https://invisible-island.net/xterm/ctlseqs/ctlseqs.html#h3-Functions-using-CSI-_-ordered-by-the-final-character_s_
 */
const watched: ReadonlySet<number> = new Set([
  1, 9, 25, 47, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 1047, 1049, 2004,
])
/** The cursor is shown when nobody says anything. */
const onAtFirst = 25

const esc = '\u001b'
const sequence = new RegExp(`${esc}\\[\\?([\\d;]+)([hl])`, 'g')
const keypadSwitch = new RegExp(`${esc}[=>]`, 'g')
/** The beginning of a sequence that the next piece may complete. */
const cut = new RegExp(`${esc}(\\[(\\?[\\d;]{0,32})?)?$`)

/** Remembers what the output of a program has switched. */
export class ScreenModes {
  private readonly changed = new Set<number>()
  private keypad = false
  private rest = ''

  push(data: Buffer): void {
    if (this.rest === '' && !data.includes(0x1b)) return
    const text = this.rest + data.toString('latin1')
    for (const [, numbers = '', letter] of text.matchAll(sequence))
      for (const mode of numbers.split(';').map(Number)) this.note(mode, letter === 'h')
    const keypads = text.match(keypadSwitch)
    if (keypads !== null) this.keypad = keypads.at(-1) === '\x1b='
    this.rest = cut.exec(text)?.[0] ?? ''
  }

  private note(mode: number, on: boolean): void {
    if (!watched.has(mode)) return
    if (on === (mode === onAtFirst)) this.changed.delete(mode)
    else this.changed.add(mode)
  }

  /** What to write so that the terminal is as it was. Empty when it is. */
  renderReset(): string {
    const modes = [...this.changed].map((mode) => `\x1b[?${mode}${mode === onAtFirst ? 'h' : 'l'}`)
    const all = [...modes, ...(this.keypad ? ['\x1b>'] : [])]
    return all.length === 0 ? '' : `${all.join('')}\x1b[0m`
  }
}
