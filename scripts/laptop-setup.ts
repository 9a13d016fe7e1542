import { exitCode, usageError } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'

export const command = defineCommand({
  name: 'laptop:setup',
  summary: 'give Kiro on this computer an AWS configuration of its own: profiles, launcher, agents, steering',
  flags: {
    shell: {
      type: 'string',
      value: 'name',
      about: 'whose start file gets the alias kiro-aws; none leaves them all alone',
      choices: ['bash', 'zsh', 'fish', 'pwsh', 'none'],
    },
    remove: { type: 'boolean', about: 'take everything back, byte for byte' },
    config: common.config,
    plan: common.plan,
    json: common.json,
    yes: common.yes,
  },
  examples: [
    'npm run laptop:setup',
    'npm run laptop:setup -- --shell zsh --plan',
    'npm run laptop:setup -- --remove',
  ],
  run: async (flags, io) => {
    const { homedir, platform } = await import('node:os')
    const { planLaptopPlace } = await import('../laptop/place.ts')
    const { runSetup } = await import('./laptop/run-setup.ts')
    const { runRemove } = await import('./laptop/run-remove.ts')
    if (platform() === 'win32')
      throw usageError('laptop:setup works on Linux and macOS, and this is Windows', 'run it inside WSL')
    if (flags.remove && flags.shell !== undefined)
      throw usageError('--remove knows by itself which start files to clean', 'leave --shell out')
    const home = homedir()
    if (flags.remove) await runRemove(planLaptopPlace(home), flags, io)
    else await runSetup(home, flags, io)
    return exitCode.done
  },
})
