import { UserError } from '../../config/user-error.ts'
import type { SshHome } from './home.ts'
import { runSsh } from './run-ssh.ts'

const seconds = 20

/**
 * Asks ssh itself what it makes of the files: one line that it does not know, or a file that others may write, and it
 * reads none of them. Connects to nothing.
 */
export const checkConfig = async (home: SshHome, host: string, instanceId: string): Promise<void> => {
  const { code, stdout, stderr } = await runSsh(home, ['-G', host], { seconds })
  if (code === 0 && stdout.split('\n').includes(`hostname ${instanceId}`)) return
  const said = stderr.trim().split('\n')[0] ?? ''
  const { userConfig } = home.place
  throw new UserError(
    said === ''
      ? `ssh does not find ${host} in ${userConfig}`
      : `ssh does not take ${userConfig} as it is: ${said}`,
    {
      hint: `everything of ours is written; mend that, then: ${['ssh', ...home.sshArguments, host].join(' ')}`,
    },
  )
}
