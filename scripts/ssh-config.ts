import { exitCode, usageError } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'

const name = 'ssh:config'

export const command = defineCommand({
  name,
  summary:
    'let ssh, scp and editors reach a sandbox by its name, sandbox-alice; without --write it only shows how',
  flags: {
    user: { type: 'string', value: 'name', about: 'the engineer whose sandbox it is' },
    write: { type: 'boolean', about: 'write it: files of our own, and one Include in ~/.ssh/config' },
    remove: {
      type: 'boolean',
      about: 'take it away again; with the last sandbox ~/.ssh/config is as it was',
    },
    'aws-cli': { type: 'boolean', about: 'let AWS CLI v2 open the tunnels instead of this checkout' },
    home: { type: 'string', value: 'folder', about: 'whose .ssh it is; yours when left out' },
    target: common.target,
    config: common.config,
    json: common.json,
  },
  examples: [
    'npm run ssh:config -- --user alice',
    'npm run ssh:config -- --user alice --write && ssh sandbox-alice',
    'npm run ssh:config -- --user alice --remove',
  ],
  run: async (flags, io) => {
    const { parseUsers, openContext, renderCommand } = await import('./sandbox/context.ts')
    const { openHome } = await import('./ssh-config/home.ts')
    const { renderFiles, renderRemoved, renderWritten } = await import('./ssh-config/render.ts')
    const [user] = parseUsers(name, flags.user === undefined ? [] : [flags.user])
    if (user === undefined) throw usageError('--user is missing', `npm run ${name} -- --user alice`)
    if (flags.write && flags.remove)
      throw usageError('--write and --remove exclude each other', 'give one of them')
    const home = openHome(flags.home)
    if (flags.remove) {
      const { removeHost } = await import('./ssh-config/remove.ts')
      const removed = await removeHost(home, user)
      io.answer(renderRemoved(user, removed, home.place.userConfig, flags.json))
      return exitCode.done
    }
    const context = await openContext(renderCommand(name, [user]), flags, io)
    const request = { context, user, home, awsCli: flags['aws-cli'], config: flags.config }
    const { showHost, writeHost } = await import('./ssh-config/write.ts')
    if (flags.write) io.answer(renderWritten(await writeHost(request), flags.json))
    else io.answer(renderFiles(await showHost(request), flags.json))
    return exitCode.done
  },
})
