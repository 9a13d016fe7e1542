import { common, defineCommand } from './cli/command.ts'

export const command = defineCommand({
  name: 'local:env',
  summary: 'print what points AWS clients at the embedded local target; starts it if needed',
  flags: { config: common.config, json: common.json, yes: common.yes },
  examples: [
    'eval "$(npm run -s local:env)" && aws ec2 describe-instances',
    'npm run -s local:env -- --json',
  ],
  run: async (flags, io) => {
    const { planPaths } = await import('../config/paths.ts')
    const { loadSettings } = await import('./settings-file.ts')
    const { ensureTools } = await import('./setup/ensure.ts')
    const { ensureControlPlane } = await import('../local/control/ensure.ts')
    const { planLocalEnvironment, renderExports } = await import('../local/control/environment.ts')
    const paths = planPaths(process.env)
    const settings = loadSettings(paths, flags.config)
    const { python } = await ensureTools(['moto'], { ...io, yes: flags.yes }, paths, process.env)
    const { idleMinutes } = settings.local
    const target = await ensureControlPlane({
      paths,
      python,
      idleMinutes,
      story: io.story,
      signal: io.signal,
    })
    const environment = planLocalEnvironment(target, settings.region, process.env)
    io.answer(flags.json ? JSON.stringify(environment) : renderExports(environment))
    return undefined
  },
})
