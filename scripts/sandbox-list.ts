import { common, defineCommand } from './cli/command.ts'

export const command = defineCommand({
  name: 'sandbox:list',
  summary: 'list all sandboxes of this account and region',
  flags: { target: common.target, config: common.config, json: common.json },
  examples: ['npm run sandbox:list', 'npm run -s sandbox:list -- --json'],
  run: async (flags, io) => {
    const { openContext } = await import('./sandbox/context.ts')
    const { listMachines } = await import('./aws/instances.ts')
    const context = await openContext('npm run sandbox:list', flags, io)
    const [machines, kind] = await Promise.all([
      listMachines(context.target.sdk),
      context.target.findMachines(),
    ])
    if (flags.json) {
      io.answer(
        JSON.stringify({
          target: context.target.name,
          region: context.target.region,
          machines: kind,
          sandboxes: machines,
        }),
      )
      return 0
    }
    if (machines.length === 0) {
      io.story.say(
        `no sandboxes on ${context.target.name} in ${context.target.region}; make one: npm run sandbox:up -- --user alice`,
      )
      return 0
    }
    const { renderDuration } = await import('../config/duration.ts')
    const { renderTable } = await import('./sandbox/render-table.ts')
    const now = Date.now()
    io.answer(
      renderTable([
        ['USER', 'STATE', 'INSTANCE', 'TYPE', 'IMAGE', 'ADDRESS', 'AGE'],
        ...machines.map(({ user, state, instanceId, type, imageId, image, privateIp, launchedAt }) => [
          user,
          state,
          instanceId,
          type,
          `${imageId} (${image})`,
          privateIp ?? '-',
          launchedAt === undefined ? '-' : renderDuration(now - Date.parse(launchedAt)),
        ]),
      ]),
    )
    if (kind.sentence !== undefined) io.story.say(kind.sentence)
    return 0
  },
})
