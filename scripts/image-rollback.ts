import { common, defineCommand } from './cli/command.ts'

export const command = defineCommand({
  name: 'image:rollback',
  summary: 'let new sandboxes boot from the previous image again; swaps current and previous',
  flags: { target: common.target, config: common.config, json: common.json },
  examples: ['npm run image:rollback'],
  run: async (flags, io) => {
    const { openContext } = await import('./sandbox/context.ts')
    const { promoteImage } = await import('./image/promote.ts')
    const context = await openContext('npm run image:rollback', flags, io)
    const done = await promoteImage(context, undefined)
    io.answer(flags.json ? JSON.stringify(done) : done.imageId)
    io.story.say(`current of ${done.environment}: ${done.was} -> ${done.imageId}; again undoes it`)
    return 0
  },
})
