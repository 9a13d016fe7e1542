import { common, defineCommand } from './cli/command.ts'

export const command = defineCommand({
  name: 'local:up',
  summary: 'start the embedded local target with its machines, if it does not run yet',
  flags: { config: common.config, json: common.json, yes: common.yes },
  examples: ['npm run local:up', 'npm run -s local:up -- --json'],
  run: async (flags, io) => {
    const { planPaths } = await import('../config/paths.ts')
    const { loadSettings } = await import('./settings-file.ts')
    const { ensureTools } = await import('./setup/ensure.ts')
    const { ensureControlPlane } = await import('../local/control/ensure.ts')
    const paths = planPaths(process.env)
    const settings = loadSettings(paths, flags.config)
    const { idleMinutes } = settings.local
    const { python } = await ensureTools(['moto'], { ...io, yes: flags.yes }, paths, process.env)
    const target = await ensureControlPlane({
      paths,
      python,
      idleMinutes,
      story: io.story,
      signal: io.signal,
    })
    const { prepareLocalMachines } = await import('./local-machines.ts')
    const machines = await prepareLocalMachines({ settings, paths, io, yes: flags.yes }, io.story)
    const { endpoint, accountId, pid, started } = target
    if (flags.json) io.answer(JSON.stringify({ endpoint, accountId, pid, started, machines }))
    else io.answer(endpoint)
    io.story.say(
      `${started ? 'started' : 'it was running already'}; leaves by itself after ${idleMinutes} minutes without a call`,
    )
    if (machines.sentence !== undefined) io.story.say(machines.sentence)
    io.story.say('next: eval "$(npm run -s local:env)" && aws sts get-caller-identity')
    return undefined
  },
})
