/**
 * A session with a terminal has no exit code. Our documents print one when their program has ended, in a sequence
 * that terminals ignore: an operating system command with a number nobody uses.
 */
export const exitMark = { prefix: '\u001b]7379;', suffix: '\u0007' } as const

/** Three digits between the two. */
const longest = exitMark.prefix.length + 3 + exitMark.suffix.length
const start = Buffer.from(exitMark.prefix, 'latin1')
const mark = new RegExp(`${exitMark.prefix.replace(']', '\\]')}(\\d{1,3})${exitMark.suffix}`)

/** Length of the longest beginning of a mark that ends the data. */
const heldBack = (data: Buffer): number => {
  const from = data.lastIndexOf(0x1b)
  const length = from < 0 ? 0 : data.length - from
  if (length === 0 || length >= longest) return 0
  const tail = data.subarray(from)
  if (tail.includes(exitMark.suffix)) return 0
  const common = Math.min(length, start.length)
  return tail.subarray(0, common).equals(start.subarray(0, common)) ? length : 0
}

/** Takes the mark out of what is shown. */
export class ExitMarkReader {
  private held = Buffer.alloc(0)
  exitCode: number | undefined

  /** What is to be shown now; a beginning of the mark waits for the next piece. */
  push(piece: Buffer): Buffer {
    const data = this.held.length === 0 ? piece : Buffer.concat([this.held, piece])
    const length = heldBack(data)
    this.held = Buffer.from(data.subarray(data.length - length))
    const shown = data.subarray(0, data.length - length)
    if (!shown.includes(start)) return shown
    const text = shown.toString('latin1')
    const found = mark.exec(text)
    if (found === null) return shown
    this.exitCode = Number(found[1])
    return Buffer.from(text.replace(found[0], ''), 'latin1')
  }
}
