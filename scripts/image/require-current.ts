import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import type { Target } from '../target.ts'
import { readAliases } from './alias.ts'

/** The image that sandboxes boot from now. */
export const requireCurrent = async ({ sdk }: Pick<Target, 'sdk'>, environment: string): Promise<string> => {
  const { current } = await readAliases(sdk, environment)
  if (current !== undefined) return current.imageId
  throw new UserError(`there is no image yet: ${names.imageAlias(environment)} is not set`, {
    hint: 'npm run image:build',
  })
}
