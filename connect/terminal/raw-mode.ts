import { writeSync } from 'node:fs'
import type { ReadStream } from 'node:tty'
import type { ScreenModes } from './screen-modes.ts'

export interface RawMode {
  /** Gives the terminal back as it was; a second time does nothing. */
  restore(): void
}

const none: RawMode = { restore: () => {} }

/** For the exit of the process, when nothing that is queued is written any more. */
const writeNow = (fd: number, text: string): void => {
  try {
    writeSync(fd, text)
  } catch {
    // A terminal that is gone needs no reset.
  }
}

/**
 * Every key goes to the other side as the bytes it is. Given back on every way out of this process that lets it do
 * anything: the end, an error nobody has caught, a signal. After a signal that is not caught, Node itself restores
 * the modes of the keyboard.
 */
export const enterRawMode = (input: ReadStream, screen: ScreenModes, screenFd: number): RawMode => {
  if (input.isTTY !== true || input.isRaw) return none
  let raw = true
  const restore = (): void => {
    if (!raw) return
    raw = false
    process.off('exit', restore)
    process.off('uncaughtExceptionMonitor', restore)
    input.setRawMode(false)
    const reset = screen.renderReset()
    if (reset !== '') writeNow(screenFd, reset)
  }
  input.setRawMode(true)
  process.on('exit', restore)
  process.on('uncaughtExceptionMonitor', restore)
  return { restore }
}
