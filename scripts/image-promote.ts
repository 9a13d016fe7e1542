import { usageError } from '../config/user-error.ts'
import { printable } from '../config/user-name.ts'
import { common, defineCommand } from './cli/command.ts'

export const command = defineCommand({
  name: 'image:promote',
  summary: 'let new sandboxes boot from this verified image; the one before it stays for image:rollback',
  words: { ami: { about: 'id of an image, as image:list shows it' } },
  flags: { target: common.target, config: common.config, json: common.json },
  examples: ['npm run image:promote -- ami-0abc'],
  run: async (flags, io) => {
    if (!/^ami-[0-9a-f]+$/.test(flags.ami))
      throw usageError(
        `"${printable(flags.ami)}" is not the id of an image`,
        'npm run image:promote -- ami-0abc',
      )
    const { openContext } = await import('./sandbox/context.ts')
    const { promoteImage } = await import('./image/promote.ts')
    const context = await openContext('npm run image:promote', flags, io)
    const done = await promoteImage(context, flags.ami)
    io.answer(flags.json ? JSON.stringify(done) : done.imageId)
    io.story.say(
      done.moved
        ? `current of ${done.environment}: ${done.was ?? 'nothing'} -> ${done.imageId}; back: npm run image:rollback`
        : `current of ${done.environment} is ${done.imageId} already`,
    )
    return 0
  },
})
