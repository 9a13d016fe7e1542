/** Exit codes of every command. 42 of a child stays 42; these are our own. */
export const exitCode = { done: 0, failed: 1, usage: 2, finding: 3, interrupted: 130 } as const

export interface UserErrorOptions {
  /** What to type or change next. */
  readonly hint?: string
  readonly exitCode?: number
  readonly cause?: unknown
}

/**
 * Something the person can mend. The message is one sentence, lower case, without a full stop, and holds
 * the wrong value. Any other error that reaches `main` is a bug of ours and shows its stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError'
  readonly hint: string | undefined
  readonly exitCode: number

  constructor(message: string, options: UserErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.hint = options.hint
    this.exitCode = options.exitCode ?? exitCode.failed
  }
}

/** A mistake in what was typed: exit code 2. */
export const usageError = (message: string, hint?: string): UserError =>
  new UserError(message, { exitCode: exitCode.usage, ...(hint === undefined ? {} : { hint }) })
