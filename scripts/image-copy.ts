import { usageError } from '../config/user-error.ts'
import { printable } from '../config/user-name.ts'
import { common, defineCommand } from './cli/command.ts'

const example = 'npm run image:copy -- --region eu-west-1'

export const command = defineCommand({
  name: 'image:copy',
  summary: 'copy a verified golden image with its records to another region; one that is there is kept',
  words: { ami: { about: 'id of an image; without it the one that the alias names', optional: true } },
  flags: {
    region: { type: 'string', value: 'name', about: 'where it goes' },
    promote: { type: 'boolean', about: 'let new sandboxes of that region boot from it' },
    target: common.target,
    config: common.config,
    json: common.json,
    yes: common.yes,
  },
  examples: [example, 'npm run image:copy -- ami-0abc --region eu-west-1 --promote'],
  run: async (flags, io) => {
    if (flags.ami !== undefined && !/^ami-[0-9a-f]+$/.test(flags.ami))
      throw usageError(`"${printable(flags.ami)}" is not the id of an image`, example)
    if (flags.region === undefined) throw usageError('--region is missing', example)
    const { regionSchema } = await import('../config/settings.ts')
    if (!regionSchema.safeParse(flags.region).success)
      throw usageError(`"${printable(flags.region)}" is not a commercial AWS region`, example)
    const { openContext } = await import('./sandbox/context.ts')
    const { copyGolden } = await import('./image/copy-golden.ts')
    const { promoteImage } = await import('./image/promote.ts')
    const { inRegion } = await import('./target.ts')
    const context = await openContext('npm run image:copy', flags, io)
    if (flags.region === context.target.region)
      throw usageError(`the image is in ${flags.region} already`, example)
    const done = await copyGolden(context, flags.ami, flags.region)
    const { imageId, region, copied } = done
    io.story.say(
      copied ? `${done.from.imageId} is ${imageId} in ${region}` : `${region} has it already: ${imageId}`,
    )
    const promoted = flags.promote
      ? await promoteImage({ ...context, target: inRegion(context.target, region) }, imageId)
      : undefined
    if (promoted !== undefined)
      io.story.say(
        `current of ${promoted.environment} in ${region}: ${imageId}${promoted.moved ? '' : ' already'}`,
      )
    io.answer(flags.json ? JSON.stringify({ ...done, promoted: promoted !== undefined }) : imageId)
    return 0
  },
})
