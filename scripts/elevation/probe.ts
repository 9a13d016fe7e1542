import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { names } from '../../config/names.ts'
import type { Paths } from '../../config/paths.ts'
import { UserError } from '../../config/user-error.ts'
import { Remote } from '../aws/remote.ts'
import type { Target } from '../target.ts'

/** `allowed`: the sandbox made a call with its elevated profile and AWS let it. */
export type Probed =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'denied'; readonly detail: string }
  /** It could not be tried; the window is written all the same. */
  | { readonly kind: 'skipped'; readonly detail: string }

/** Longest wait inside the sandbox: IAM needs some seconds, rarely a minute. */
const attemptSeconds = 60
/** On top of it, for the last call to come to its end. */
const lastCallSeconds = 30

/** All of them constants of ours: Run Command is logged, and nothing secret is in it. */
const renderScript = (script: string, region: string, seconds: number): string =>
  [
    `SANDBOX_USER=${names.sandboxUser} PROFILE=${names.elevatedProfile}`,
    `REGION=${region} ATTEMPT_SECONDS=${seconds}`,
    script,
  ].join('\n')

/** Asks from where the window will be used; only there the whole chain of roles and networks is the real one. */
export const probeFromSandbox = async (
  target: Target,
  paths: Paths,
  instanceId: string,
  windowSeconds: number,
  signal: AbortSignal,
): Promise<Probed> => {
  const script = await readFile(join(paths.root, 'scripts', 'elevation', 'probe.sh'), 'utf8')
  const seconds = Math.min(attemptSeconds, windowSeconds)
  try {
    const { ok, stderr, status } = await new Remote(target.sdk, instanceId, signal).run({
      text: renderScript(script, target.region, seconds),
      seconds: seconds + lastCallSeconds,
      about: 'is the elevation window open',
    })
    return ok ? { kind: 'allowed' } : { kind: 'denied', detail: stderr.trim() || status }
  } catch (error) {
    // Not allowed to ask, or nobody answered: that says nothing about the window.
    if (error instanceof UserError) return { kind: 'skipped', detail: error.message }
    throw error
  }
}
