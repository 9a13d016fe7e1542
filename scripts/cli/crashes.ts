import { exitCode } from '../../config/user-error.ts'

/** How long a command may take to give back what it holds after a fault of ours. */
const lastWords = 10_000

/**
 * A fault of ours that nobody caught ends the command as Ctrl-C does, so that sessions, machines and locks are given
 * back; the reason is the fault. A promise that waits for what was lost must not keep us for ever, nor end us in
 * silence when nothing else does.
 * @param giveUp tells the person, when not everything came to its end
 * @returns the fault, if there was one; whoever takes it tells it
 */
export const listenForCrashes = (
  controller: AbortController,
  giveUp: (fault: unknown) => void,
): (() => { readonly fault: unknown } | undefined) => {
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
    // After Ctrl-C a fault is a consequence of it, and Terraform may need minutes to finish; a second one ends us.
    if (controller.signal.aborted) return
    untold = { fault }
    setTimeout(leave, lastWords).unref()
    controller.abort(fault)
  })
  process.on('exit', () => untold !== undefined && tell())
  return () => {
    const taken = untold
    untold = undefined
    return taken
  }
}
