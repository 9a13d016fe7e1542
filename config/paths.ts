import { join } from 'node:path'

/** Where things lie on this machine. Set by scripts/launch.mjs; an unset one is an error, not a guess. */
export interface Paths {
  /** The checkout: sources, templates, lock files. Only read. */
  readonly root: string
  /** Everything this checkout makes and git ignores. */
  readonly state: string
  /** Bundled commands, see scripts/launch.mjs. */
  readonly bundle: string
  readonly tools: string
  /** The embedded local target: its books, journal and credentials. */
  readonly local: string
  /** Base images of the guests, by content. Another folder may be named, so that several states share one build. */
  readonly base: string
}

export const planPaths = (env: Readonly<Record<string, string | undefined>>): Paths => {
  const required = (name: string): string => {
    const value = env[name]
    if (value === undefined || value === '')
      throw new Error(`${name} is not set; start through scripts/launch.mjs`)
    return value
  }
  const state = required('KIRO_SANDBOX_STATE')
  return {
    root: required('KIRO_SANDBOX_ROOT'),
    state,
    bundle: required('KIRO_SANDBOX_BUNDLE'),
    tools: join(state, 'tools'),
    local: join(state, 'local'),
    base: env.KIRO_SANDBOX_BASE || join(state, 'base'),
  }
}
