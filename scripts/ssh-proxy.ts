import { exitCode, UserError, usageError } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'

const name = 'ssh:proxy'

/** What ssh itself ends with when it cannot connect. */
const sshFailure = 255

export const command = defineCommand({
  name,
  summary: "the ProxyCommand of ssh: one connection to a sandbox's sshd on stdin and stdout",
  flags: {
    user: { type: 'string', value: 'name', about: 'the engineer whose sandbox it is' },
    key: {
      type: 'string',
      value: 'file.pub',
      about: 'public key that is pushed for a minute; without it the one that ssh:config has made',
    },
    instance: {
      type: 'string',
      value: 'id',
      about: 'the machine whose host key ssh knows; another one is refused',
    },
    target: common.target,
    config: common.config,
  },
  examples: [
    "ssh -o ProxyCommand='node scripts/launch.mjs ssh:proxy --user alice' kiro@sandbox-alice",
    "ssh -i ~/.ssh/id -o ProxyCommand='node scripts/launch.mjs ssh:proxy --user alice --key ~/.ssh/id.pub' kiro@sandbox-alice",
  ],
  endsQuietly: true,
  run: async (flags, io) => {
    const { parseUserName } = await import('../config/user-name.ts')
    const { runProxy } = await import('./ssh/proxy.ts')
    if (flags.user === undefined) throw usageError('--user is missing', `npm run ${name} -- --user alice`)
    const user = parseUserName(flags.user)
    if (process.stdin.isTTY)
      throw usageError(
        `${name} speaks with ssh, not with a person`,
        `npm run ssh:config -- --user ${user} --write, then ssh sandbox-${user}`,
      )
    try {
      return await runProxy(user, flags, io)
    } catch (error) {
      if (io.signal.aborted) return exitCode.interrupted
      if (!(error instanceof UserError)) throw error
      const { message, hint, cause } = error
      throw new UserError(message, { cause, exitCode: sshFailure, ...(hint === undefined ? {} : { hint }) })
    } finally {
      // ssh may keep its end open; there is nobody to read it any more.
      process.stdin.destroy()
    }
  },
})
