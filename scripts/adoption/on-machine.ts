import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { names } from '../../config/names.ts'
import type { SandboxSpec } from '../../config/spec.ts'
import type { Story } from '../../config/story.ts'
import { UserError } from '../../config/user-error.ts'
import { renderScript } from '../../userdata/render.ts'
import { findAgent } from '../aws/agent.ts'
import { lastLines, Remote } from '../aws/remote.ts'
import type { Context } from '../sandbox/context.ts'
import { renderProfiles } from './profiles.ts'

/** The user in whose home the article puts Kiro and its AWS profiles. */
const unixUser = 'ec2-user'

/** Points the AWS profiles of the machine at the sandbox's roles, or back at those of the stack. */
export const turnProfiles = async (
  { target, io, paths }: Context,
  story: Story,
  instanceId: string,
  spec: SandboxSpec,
  direction: 'there' | 'back',
): Promise<void> => {
  const { state } = await findAgent(target.sdk, instanceId)
  // An entry in the books has no file to change.
  if (state === 'unsupported') return
  if (state === 'offline')
    throw new UserError(
      `the SSM agent of ${instanceId} does not answer, so its AWS profiles stay as they are`,
      {
        hint: 'when it answers, run the same command again; it continues',
      },
    )
  const read = (...path: string[]) => readFile(join(paths.root, ...path), 'utf8')
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const text = renderScript(await read('scripts', 'adoption', 'on-machine.sh'), {
    unix_user: unixUser,
    sandbox_user: names.sandboxUser,
    direction,
    profiles: base64(renderProfiles(spec)),
    command: base64(await read('scripts', 'adoption', 'kiro-sandbox.sh')),
    login_command: base64(await read('userdata', 'rootfs', 'usr', 'local', 'bin', 'kiro-sandbox-login')),
  })
  const about = 'point the AWS profiles at other roles'
  const { ok, stdout, stderr, status } = await new Remote(target.sdk, instanceId, io.signal).run({
    ...{ text, about },
    seconds: 60,
  })
  if (!ok)
    throw new UserError(`could not ${about} on ${instanceId}: ${lastLines(stderr, 3) || status}`, {
      hint: 'run the same command again; it continues',
    })
  story.say(`  ${lastLines(stdout, 1)}`)
}
