import { exitCode } from '../../config/user-error.ts'

/** How long a command may take to give back what it holds after a fault of ours. */
const lastWords = 10_000

/**
 * A fault of ours that nobody caught ends the command as Ctrl-C does, so that sessions, machines and locks are given
 * back; the reason is the fault. A promise that waits for what was lost must not keep us for ever.
 * @param giveUp tells the person, when not everything came to its end
 */
export const listenForCrashes = (controller: AbortController, giveUp: (fault: unknown) => void): void => {
  process.on('uncaughtException', (fault) => {
    if (controller.signal.aborted) return
    controller.abort(fault)
    setTimeout(() => {
      giveUp(fault)
      process.exit(exitCode.failed)
    }, lastWords).unref()
  })
}
