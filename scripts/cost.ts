import { usageError } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'

const name = 'cost'

export const command = defineCommand({
  name,
  summary: 'what sandboxes, their disks and images, and the network cost a month as they are now',
  flags: {
    user: common.user,
    networks: {
      type: 'boolean',
      about: 'what each network mode and egress would cost with the settings at hand; asks no AWS',
    },
    target: common.target,
    config: common.config,
    json: common.json,
  },
  examples: [
    'npm run cost',
    'npm run cost -- --user alice',
    'npm run cost -- --networks',
    'npm run -s cost -- --json',
  ],
  run: async (flags, io) => {
    if (flags.networks) {
      if (flags.user.length > 0)
        throw usageError('--networks is about all, --user about one', 'npm run cost -- --networks')
      const { tellNetworks } = await import('./cost/tell-networks.ts')
      return tellNetworks(flags, io)
    }
    const { openContext, parseUsers, renderCommand } = await import('./sandbox/context.ts')
    const { decidePriceNotice } = await import('../config/prices.ts')
    const { findCostGround } = await import('./cost/find-ground.ts')
    const { planCost } = await import('./cost/plan-cost.ts')
    const { renderCost } = await import('./cost/render.ts')
    const users = flags.user.length === 0 ? [] : parseUsers(name, flags.user)
    const context = await openContext(renderCommand(name, users), flags, io)
    const now = new Date()
    const cost = planCost(await findCostGround(context, now), users)
    const prices = decidePriceNotice(context.target.region, now)
    if (flags.json) io.answer(JSON.stringify({ region: context.target.region, prices, ...cost }))
    else if (cost.lines.length > 0) io.answer(renderCost(cost))
    else io.story.say('nothing that costs anything')
    for (const sentence of prices.sentences) io.story.warn(sentence)
    io.story.say(
      `List prices of ${prices.asOf} without traffic, logs, taxes and discounts; the bill knows better`,
    )
    return 0
  },
})
