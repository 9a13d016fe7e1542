import type { UserName } from '../../config/user-name.ts'
import { listAliases, uninstall } from '../../connect/ssh-config/installation.ts'
import { hostAlias } from '../../connect/ssh-config/place.ts'
import { explainWrite } from './explain-write.ts'
import type { SshHome } from './home.ts'
import { runSsh } from './run-ssh.ts'

/** Asks no AWS: it has to work after the sandbox is gone. Returns the files that were removed or changed. */
export const removeHost = async (home: SshHome, user: UserName): Promise<string[]> => {
  const host = hostAlias(user)
  // A connection that is shared has a socket in our folder. There may be none, or no ssh: nothing to end then.
  if (listAliases(home.place).includes(host))
    await runSsh(home, ['-O', 'exit', host], { seconds: 5 }).catch(() => undefined)
  return uninstall(home.place, user, home.include).catch((error: unknown) => {
    throw explainWrite(error, home)
  })
}
