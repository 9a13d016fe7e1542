import { awsCall, isAwsError } from '../aws/call.ts'
import type { SdkConfig } from '../target.ts'
import type { DeclaredResource, Import } from './imports.ts'

/** ARNs of the managed policies that a role has; none when there is no such role. */
const listAttached = async (sdk: SdkConfig, RoleName: string): Promise<ReadonlySet<string>> => {
  const { IAMClient, ListAttachedRolePoliciesCommand } = await import('../aws/sdk/iam.ts')
  try {
    const { AttachedPolicies = [] } = await new IAMClient(sdk).send(
      new ListAttachedRolePoliciesCommand({ RoleName }),
    )
    return new Set(AttachedPolicies.flatMap(({ PolicyArn }) => PolicyArn ?? []))
  } catch (error) {
    if (isAwsError(error, 'NoSuchEntity', 'NoSuchEntityException')) return new Set()
    return awsCall(`list the policies of ${RoleName}`, () => Promise.reject(error))
  }
}

/** Policies that are attached to roles. A role cannot be removed while one is, and they have neither tag nor name. */
export const findAttachments = async (
  sdk: SdkConfig,
  declared: readonly DeclaredResource[],
  found: readonly Import[],
): Promise<Import[]> => {
  const wanted = declared.filter(({ type }) => type === 'aws_iam_role_policy_attachment')
  const arnOf = (value: unknown) => found.find(({ to }) => value === `\${${to}.arn}`)?.id ?? String(value)
  const roles = [...new Set(wanted.map(({ block }) => String(block.role)))]
  const attached = new Map(
    await Promise.all(roles.map(async (role) => [role, await listAttached(sdk, role)] as const)),
  )
  return wanted.flatMap(({ address, block }) => {
    const [role, arn] = [String(block.role), arnOf(block.policy_arn)]
    return attached.get(role)?.has(arn) ? [{ to: address, id: `${role}/${arn}` }] : []
  })
}
