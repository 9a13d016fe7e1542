import type { UserName } from '../../../config/user-name.ts'
import type { HostFiles } from '../../../connect/ssh-config/installation.ts'
import { renderKnownHosts } from '../../../connect/ssh-config/known-hosts.ts'
import type { SshPlace } from '../../../connect/ssh-config/place.ts'
import { renderHost } from '../../../connect/ssh-config/render-host.ts'

export const hostKey = {
  type: 'ssh-ed25519',
  key: 'AAAAC3NzaC1lZDI1NTE5AAAAIB+OCdmnDMcRPkbLNY2kDCSRWW/7Bb6DFbQ5XYo5SLhD',
}

/** Files of a sandbox that no machine stands behind. */
export const blockOf = (place: SshPlace, user: UserName, instanceId: string): HostFiles => ({
  block: renderHost({
    ...{ user, instanceId, place, sandboxUser: 'kiro', platform: 'linux', proxy: ['/bin/false'] },
    writtenBy: 'a test',
  }),
  knownHosts: renderKnownHosts(instanceId, [hostKey]),
})
