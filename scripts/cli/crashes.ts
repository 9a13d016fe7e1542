import { exitCode } from '../../config/user-error.ts'

/** How long a command may take to give back what it holds after a fault of ours. */
const lastWords = 10_000

/**
 * A fault of ours that nobody caught ends the command as Ctrl-C does, so that sessions, machines and locks are given
 * back; the reason is the fault. A promise that waits for what was lost must not keep us for ever, nor end us in
 * silence when nothing else does.
 * @param giveUp tells the person, when not everything came to its end
 * @returns to be called when the command has told it itself
 */
export const listenForCrashes = (
  controller: AbortController,
  giveUp: (fault: unknown) => void,
): (() => void) => {
  let untold: { readonly fault: unknown } | undefined
  const tell = (): void => {
    if (untold !== undefined) giveUp(untold.fault)
    untold = undefined
    process.exitCode = exitCode.failed
  }
  const leave = (): void => {
    tell()
    process.exit(exitCode.failed)
  }
  process.on('uncaughtException', (fault) => {
    if (controller.signal.aborted) {
      // After Ctrl-C a fault is a consequence of it, but what waits for ever must end.
      setTimeout(() => process.exit(exitCode.interrupted), lastWords).unref()
      return
    }
    untold = { fault }
    setTimeout(leave, lastWords).unref()
    controller.abort(fault)
  })
  process.on('exit', () => untold !== undefined && tell())
  return () => {
    untold = undefined
  }
}
