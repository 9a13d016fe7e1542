import { exitCode, UserError, usageError } from '../config/user-error.ts'
import { common, defineCommand } from './cli/command.ts'
import type { Io } from './cli/io.ts'

const question = 'Delete everything in the local target (sandboxes, images, users, journal)?'

const agree = async (yes: boolean, io: Io): Promise<void> => {
  if (yes) return
  if (!io.interactive)
    throw usageError(
      'there is no terminal to ask whether to delete everything',
      'npm run local:reset -- --yes',
    )
  if (await io.confirm(question)) return
  throw new UserError('declined, nothing was deleted', { exitCode: exitCode.interrupted })
}

export const command = defineCommand({
  name: 'local:reset',
  summary: 'stop the embedded local target and delete everything in it',
  flags: { yes: common.yes },
  examples: ['npm run local:reset', 'npm run local:reset -- --yes'],
  run: async (flags, io) => {
    const { planPaths } = await import('../config/paths.ts')
    const { resetControlPlane } = await import('../local/control/reset.ts')
    await agree(flags.yes, io)
    const { existed, backup } = await resetControlPlane(planPaths(process.env))
    if (backup !== undefined) io.story.say(`the books that could not be read are kept in ${backup}`)
    io.story.say(
      existed ? 'the local target is empty; next: npm run local:up' : 'there was nothing to delete',
    )
    return undefined
  },
})
