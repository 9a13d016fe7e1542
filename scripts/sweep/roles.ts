import { tag } from '../../config/names.ts'
import type { SweepGround } from '../../images/sweep.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import type { SdkConfig } from '../target.ts'

const ofSandbox = /^kiro-(?:ec2|readonly|elevated)-./

/** Roles of sandboxes of this region. IAM lists names without tags and has no regions; the tags say both. */
export const listSandboxRoles = async (sdk: SdkConfig): Promise<SweepGround['sandboxThings'][number][]> => {
  const { IAMClient, ListRoleTagsCommand, paginateListRoles } = await import('../aws/sdk/iam.ts')
  const client = new IAMClient(sdk)
  return awsCall('list the roles', async () => {
    const roles: SweepGround['sandboxThings'][number][] = []
    for await (const { Roles = [] } of paginateListRoles({ client }, {}))
      for (const { RoleName = '', CreateDate } of Roles.filter((one) => ofSandbox.test(one.RoleName ?? ''))) {
        const tags = new Map<string, string>()
        try {
          const { Tags = [] } = await client.send(new ListRoleTagsCommand({ RoleName }))
          for (const { Key = '', Value = '' } of Tags) tags.set(Key, Value)
        } catch (error) {
          // Gone since it was listed.
          if (!isAwsError(error, 'NoSuchEntity', 'NoSuchEntityException')) throw error
        }
        const user = tags.get(tag.sandbox)
        if (user !== undefined && tags.get(tag.region) === sdk.region)
          roles.push({ id: RoleName, kind: 'role', user, createdAt: CreateDate?.toISOString() ?? '' })
      }
    return roles
  })
}
