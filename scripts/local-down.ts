import { defineCommand } from './cli/command.ts'

export const command = defineCommand({
  name: 'local:down',
  summary: 'stop the embedded local target; what it holds is kept for the next start',
  flags: {},
  examples: ['npm run local:down'],
  run: async (_flags, io) => {
    const { planPaths } = await import('../config/paths.ts')
    const { stopControlPlane } = await import('../local/control/stop.ts')
    const stopped = await stopControlPlane(planPaths(process.env))
    io.story.say(stopped ? 'stopped; its state is kept' : 'it was not running')
    return undefined
  },
})
