import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { resolve } from 'node:path'
import { usageError } from '../../config/user-error.ts'
import { includeOf, ownInclude } from '../../connect/ssh-config/include.ts'
import { planSshPlace, type SshPlace } from '../../connect/ssh-config/place.ts'

export interface SshHome {
  readonly place: SshPlace
  /** The line that leads from a person's config to ours. */
  readonly include: string
  /** What ssh has to be told so that it reads this config; nothing for the one it reads by itself. */
  readonly sshArguments: readonly string[]
  /** For commands of ours that shall mean the same home. */
  readonly flags: string
}

/** ssh asks the list of users for the home of a person, whatever $HOME says; so do we. */
export const openHome = (named: string | undefined): SshHome => {
  const own = userInfo().homedir
  const home = named === undefined ? own : resolve(named)
  const place = planSshPlace(home)
  if (home === own) return { place, include: ownInclude, sshArguments: [], flags: '' }
  if (!existsSync(home))
    throw usageError(`--home ${home} does not exist`, 'name a folder that is there, or leave --home away')
  const include = includeOf(place.folder)
  if (include === undefined)
    throw usageError(
      `--home ${home} has characters that ssh would not take as they are`,
      'a folder without quotes, brackets, *, ?, $, % and \\',
    )
  return { place, include, sshArguments: ['-F', place.userConfig], flags: ` --home ${home}` }
}
