import type { Story } from '../../config/story.ts'
import { exitCode, UserError } from '../../config/user-error.ts'

/** SIGHUP is a terminal that was closed: Terraform must be ended as gracefully as by Ctrl-C. */
export const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * The first signal asks everything to finish; whoever runs a child forwards further ones to it. When nobody
 * does, nothing needs a graceful end, and the second one ends us.
 */
export const listenForInterrupts = (controller: AbortController, story: Story): void => {
  const interrupt = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      if (process.listenerCount(signal) === 1) process.exit(exitCode.interrupted)
      return
    }
    story.warn('interrupted: finishing what must not be cut in half (Ctrl-C again to force)')
    controller.abort(interrupted())
  }
  for (const signal of endingSignals) process.on(signal, interrupt)
}

export const interrupted = (): UserError =>
  new UserError('interrupted', {
    exitCode: exitCode.interrupted,
    hint: 'run the same command again; it continues',
  })
