import { names } from '../../config/names.ts'
import type { Settings } from '../../config/settings.ts'
import { parseSandboxSpec } from '../../config/spec.ts'
import { UserError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import { engineerAbacPolicy, engineerPolicy } from '../../stacks/access/engineer-policy.ts'
import type { PolicyDocument } from '../../stacks/access/policy.ts'
import { findMachine } from '../aws/instances.ts'
import type { Context } from '../sandbox/context.ts'
import { accountOf } from './operator.ts'

/**
 * Most characters of the inline policy of a permission set. Identity Center makes an inline policy of a role of
 * it, so white space is free and IAM's quota for roles holds as well.
 * https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_PutInlinePolicyToPermissionSet.html
 */
export const permissionSetLimit = 10_240

/** For one permission set that all engineers share; nobody has to be asked for it. */
export const planTeamPolicy = (settings: Settings): PolicyDocument => {
  const accountId = accountOf(settings)
  const { region, network, access, elevation } = settings
  return engineerAbacPolicy({
    ...{ accountId, region, engineer: access.engineer, mode: elevation.mode },
    cidr: network.cidr,
  })
}

/** From the stack as it was applied, and the address that its machine got. */
export const findEngineerPolicy = async (
  { store, target }: Pick<Context, 'store' | 'target'>,
  user: UserName,
): Promise<PolicyDocument> => {
  const [record, machine] = await Promise.all([
    store.findRecord(names.sandboxStack(user)),
    findMachine(target.sdk, user),
  ])
  const spec = parseSandboxSpec(record?.spec, names.sandboxStack(user))
  if (spec === undefined || machine?.privateIp === undefined)
    throw new UserError(
      `${user} has no finished sandbox on ${target.name}, and the policy needs the address of its machine`,
      { hint: `npm run sandbox:up -- --user ${user}, or take the policy that knows no address: --abac` },
    )
  return engineerPolicy(spec, machine.privateIp)
}
