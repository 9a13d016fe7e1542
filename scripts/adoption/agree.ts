import { exitCode, UserError } from '../../config/user-error.ts'
import type { Context } from '../sandbox/context.ts'
import type { Journal } from './journal.ts'

/** What was cut off on its way forward goes on; what was on its way back is asked about. */
export const goOn = async (context: Context, { stack, user, done, undoing }: Journal): Promise<void> => {
  const { story } = context.io
  story.say(`Continuing the takeover of ${stack}: ${done.join(', ') || 'nothing'} done`)
  if (!undoing) return
  story.warn(
    `an undo of it was begun; to finish that: npm run adopt -- --stack ${stack} --user ${user} --undo`,
  )
  await agree(context, 'Take it over after all?')
}

export const agree = async ({ io, yes }: Context, question: string): Promise<void> => {
  if (yes) return
  if (!io.interactive)
    throw new UserError('nothing was changed: there is nobody to ask', {
      hint: 'add --yes to accept, or look at it with --plan first',
    })
  if (!(await io.confirm(question)))
    throw new UserError('nothing was changed', { exitCode: exitCode.interrupted })
}

export const mayDelete = async ({ io, yes }: Context, { stack }: Journal): Promise<boolean> =>
  yes || (io.interactive && (await io.confirm(`Delete the stack ${stack}? This cannot be undone.`)))
