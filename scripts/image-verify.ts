import { exitCode, usageError } from '../config/user-error.ts'
import { printable } from '../config/user-name.ts'
import { common, defineCommand } from './cli/command.ts'

export const command = defineCommand({
  name: 'image:verify',
  summary: 'boot a fresh machine from a golden image and check it (exit 3 when a check fails)',
  words: { ami: { about: 'id of an image; without it the one that the alias names', optional: true } },
  flags: {
    target: common.target,
    config: common.config,
    'keep-on-error': { type: 'boolean', about: 'leave the machine for a look when it cannot be checked' },
    json: common.json,
    yes: common.yes,
  },
  examples: ['npm run image:verify', 'npm run image:verify -- ami-0abc'],
  run: async (flags, io) => {
    if (flags.ami !== undefined && !/^ami-[0-9a-f]+$/.test(flags.ami))
      throw usageError(
        `"${printable(flags.ami)}" is not the id of an image`,
        'npm run image:verify -- ami-0abc',
      )
    const { openContext } = await import('./sandbox/context.ts')
    const { openImages } = await import('./image/open.ts')
    const { verifyImage } = await import('./image/verify.ts')
    const { listFailed, renderReport } = await import('../images/verification.ts')
    const context = await openImages(await openContext('npm run image:verify', flags, io))
    const verified = await verifyImage(context, flags.ami, flags['keep-on-error'])
    io.answer(flags.json ? JSON.stringify(verified) : renderReport(verified.report))
    const failed = listFailed(verified.report)
    io.story.say(
      failed.length === 0
        ? `${verified.imageId} is what its lock says`
        : `${verified.imageId} fails ${failed.length} of ${verified.report.checks.length} checks`,
    )
    return failed.length === 0 ? exitCode.done : exitCode.finding
  },
})
