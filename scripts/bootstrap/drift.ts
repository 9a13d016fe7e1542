import type { StackResourceDrift } from '@aws-sdk/client-cloudformation'
import { names } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import { findStackDrifts } from '../aws/stack-drift.ts'
import { isUpdatable } from './decide.ts'
import type { BootstrapContext } from './stack.ts'

/** What of the stack is not as the stack has made it, or gone. */
export const findDrifts = async (
  { target, io }: BootstrapContext,
  status: string | undefined,
): Promise<StackResourceDrift[]> => {
  if (status === undefined || !isUpdatable(status))
    throw new UserError(
      `${names.bootstrapStack} is in ${status}: CloudFormation does not look for drift there`,
      { hint: 'npm run bootstrap' },
    )
  return findStackDrifts(target.sdk, names.bootstrapStack, io.signal)
}
