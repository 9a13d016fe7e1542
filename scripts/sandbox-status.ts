import { exitCode } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'

const name = 'sandbox:status'

export const command = defineCommand({
  name,
  summary:
    'show one sandbox: machine, agent, drift, lock (exit 3 when it is missing, unfinished or has drifted)',
  flags: { user: common.user, target: common.target, config: common.config, json: common.json },
  examples: ['npm run sandbox:status -- --user alice'],
  run: async (flags, io) => {
    const { openContext, parseUsers, renderCommand } = await import('./sandbox/context.ts')
    const { findStatus, renderStatus } = await import('./sandbox/status.ts')
    const users = parseUsers(name, flags.user)
    const context = await openContext(renderCommand(name, users), flags, io)
    const [machines, ...found] = await Promise.all([
      context.target.findMachines(),
      ...users.map((user) => findStatus(context, user)),
    ])
    const now = Date.now()
    io.answer(
      flags.json
        ? JSON.stringify({ target: context.target.name, machines, sandboxes: found })
        : found.map((status) => renderStatus(status, now)).join('\n'),
    )
    if (!flags.json && machines.sentence !== undefined) io.story.say(machines.sentence)
    const sound = found.every(
      ({ machine, appliedAt, drift }) =>
        machine !== undefined && appliedAt !== undefined && drift.length === 0,
    )
    return sound ? exitCode.done : exitCode.finding
  },
})
