import type { SandboxSpec } from '../../config/spec.ts'
import { UserError } from '../../config/user-error.ts'
import { lastLines, Remote } from '../aws/remote.ts'
import { type Context, readUserDataScript } from './context.ts'

const seconds = 60

/**
 * Cloud-init runs user data once in the life of a machine, and the roles have just changed with the settings: what
 * the machine says about them must not stay behind. So it is run again, as it would be on a new machine.
 */
export const takeOver = async (
  { target, io, paths }: Context,
  instanceId: string,
  spec: SandboxSpec,
): Promise<void> => {
  const { renderUserData } = await import('../../stacks/synth.ts')
  const text = renderUserData(spec, { userDataScript: await readUserDataScript(paths) })
  const { ok, stderr, status } = await new Remote(target.sdk, instanceId, io.signal).run({
    ...{ text, seconds },
    about: 'take over the settings',
  })
  if (ok) return
  throw new UserError(
    `the roles are changed, but ${instanceId} still tells its agents of the settings before: ${lastLines(stderr, 3) || status}`,
    { hint: `npm run sandbox:up -- --user ${spec.user} --refresh` },
  )
}
