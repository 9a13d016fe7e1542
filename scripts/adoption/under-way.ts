import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import type { Context } from '../sandbox/context.ts'
import { parseJournal } from './journal.ts'

/**
 * Until a takeover is finished or undone, the machine belongs to a stack of CloudFormation as well: nobody else may
 * replace or remove it.
 */
export const refuseUnfinished = async ({ store }: Pick<Context, 'store'>, user: UserName): Promise<void> => {
  const key = names.sandboxStack(user)
  const text = await store.findAdoption(key)
  if (text === undefined) return
  const { stack } = parseJournal(text, key)
  throw new UserError(`the takeover of ${stack} by ${user} is not finished`, {
    hint: `npm run adopt -- --stack ${stack} --user ${user} continues; with --undo it goes back`,
  })
}
