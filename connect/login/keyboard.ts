import type { ReadStream, WriteStream } from 'node:tty'
import { enterRawMode, type RawMode } from '../terminal/raw-mode.ts'
import { ScreenModes } from '../terminal/screen-modes.ts'
import type { Keyboard } from './run-login.ts'

/** The person's own terminal, lent to kiro-cli while it asks something. */
export const createKeyboard = (
  input: ReadStream,
  output: WriteStream & { readonly fd: number },
): Keyboard => {
  const screen = new ScreenModes()
  let raw: RawMode | undefined
  let listener: ((data: Buffer) => void) | undefined
  const show = (data: Buffer): void => {
    screen.push(data)
    output.write(data)
  }
  return {
    show,
    attach(shown, type) {
      raw = enterRawMode(input, screen, output.fd)
      listener = type
      input.on('data', type).resume()
      show(Buffer.from(shown))
    },
    detach() {
      if (listener === undefined) return
      input.off('data', listener).pause()
      listener = undefined
      raw?.restore()
    },
  }
}
