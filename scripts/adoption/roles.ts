import * as z from 'zod'
import type { Import } from '../adopt/imports.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import type { SdkConfig } from '../target.ts'

/** A role as it was found, with everything that `--undo` puts back. Documents are JSON text. */
export const roleSchema = z.object({
  name: z.string(),
  trust: z.string(),
  description: z.string(),
  maxSeconds: z.int(),
  boundary: z.string().optional(),
  tags: z.record(z.string(), z.string()),
  inline: z.record(z.string(), z.string()),
  attached: z.array(z.string()),
})

export type FoundRole = z.infer<typeof roleSchema>

export const readRole = async (sdk: SdkConfig, name: string): Promise<FoundRole> => {
  const iam = await import('../aws/sdk/iam.ts')
  const client = new iam.IAMClient(sdk)
  const RoleName = name
  return awsCall(`look at the role ${name}`, async () => {
    const [{ Role }, { PolicyNames = [] }, { AttachedPolicies = [] }] = await Promise.all([
      client.send(new iam.GetRoleCommand({ RoleName })),
      client.send(new iam.ListRolePoliciesCommand({ RoleName })),
      client.send(new iam.ListAttachedRolePoliciesCommand({ RoleName })),
    ])
    const inline = await Promise.all(
      PolicyNames.map(async (PolicyName) => {
        const { PolicyDocument = '' } = await client.send(
          new iam.GetRolePolicyCommand({ RoleName, PolicyName }),
        )
        return [PolicyName, decodeURIComponent(PolicyDocument)] as const
      }),
    )
    return {
      name,
      trust: decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''),
      description: Role?.Description ?? '',
      maxSeconds: Role?.MaxSessionDuration ?? 3600,
      ...(Role?.PermissionsBoundary?.PermissionsBoundaryArn === undefined
        ? {}
        : { boundary: Role.PermissionsBoundary.PermissionsBoundaryArn }),
      tags: Object.fromEntries((Role?.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
      inline: Object.fromEntries(inline),
      attached: AttachedPolicies.flatMap(({ PolicyArn }) => PolicyArn ?? []),
    }
  })
}

export interface RoleStrip {
  readonly role: string
  readonly inline: readonly string[]
  readonly attached: readonly string[]
}

/** What a role had before and the sandbox does not give it: standing permission that a window replaces. */
export const planStrip = (roles: readonly FoundRole[], taken: readonly Import[]): RoleStrip[] => {
  const kept = new Set(taken.map(({ id }) => id))
  return roles.map(({ name, inline, attached }) => ({
    role: name,
    inline: Object.keys(inline).filter((policy) => !kept.has(`${name}:${policy}`)),
    attached: attached.filter((arn) => !kept.has(`${name}/${arn}`)),
  }))
}

const gone = ['NoSuchEntity', 'NoSuchEntityException'] as const

const unlessGone = async (call: Promise<unknown>): Promise<void> => {
  await call.catch((error: unknown) => {
    if (!isAwsError(error, ...gone)) throw error
  })
}

export const stripRoles = async (sdk: SdkConfig, strips: readonly RoleStrip[]): Promise<void> => {
  const iam = await import('../aws/sdk/iam.ts')
  const client = new iam.IAMClient(sdk)
  for (const { role: RoleName, inline, attached } of strips)
    await awsCall(`take the old policies off ${RoleName}`, async () => {
      for (const PolicyName of inline)
        await unlessGone(client.send(new iam.DeleteRolePolicyCommand({ RoleName, PolicyName })))
      for (const PolicyArn of attached)
        await unlessGone(client.send(new iam.DetachRolePolicyCommand({ RoleName, PolicyArn })))
    })
}

/** A role as it was. What the sandbox has given it in addition goes with the sandbox. */
export const restoreRole = async (sdk: SdkConfig, before: FoundRole): Promise<void> => {
  const iam = await import('../aws/sdk/iam.ts')
  const client = new iam.IAMClient(sdk)
  const RoleName = before.name
  await awsCall(`restore the role ${RoleName}`, async () => {
    await client.send(
      new iam.UpdateRoleCommand({
        RoleName,
        Description: before.description,
        MaxSessionDuration: before.maxSeconds,
      }),
    )
    for (const [PolicyName, PolicyDocument] of Object.entries(before.inline))
      await client.send(new iam.PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }))
    for (const PolicyArn of before.attached)
      await client.send(new iam.AttachRolePolicyCommand({ RoleName, PolicyArn }))
    await client.send(new iam.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: before.trust }))
    if (before.boundary === undefined)
      await unlessGone(client.send(new iam.DeleteRolePermissionsBoundaryCommand({ RoleName })))
    else
      await client.send(
        new iam.PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: before.boundary }),
      )
    const { Tags = [] } = await client.send(new iam.ListRoleTagsCommand({ RoleName }))
    const gained = Tags.flatMap(({ Key }) =>
      Key === undefined || before.tags[Key] !== undefined ? [] : [Key],
    )
    if (gained.length > 0) await client.send(new iam.UntagRoleCommand({ RoleName, TagKeys: gained }))
    const tags = Object.entries(before.tags).map(([Key, Value]) => ({ Key, Value }))
    if (tags.length > 0) await client.send(new iam.TagRoleCommand({ RoleName, Tags: tags }))
  })
}
