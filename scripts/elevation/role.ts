import { names, tag } from '../../config/names.ts'
import { UserError } from '../../config/user-error.ts'
import type { UserName } from '../../config/user-name.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import { watchServerDate } from '../aws/server-date.ts'
import type { Target } from '../target.ts'
import { decideWindowState } from './window.ts'

/** What IAM holds about the elevated role of one engineer, and when it said so by its own clock. */
export interface ElevatedRole {
  readonly name: string
  readonly boundary: string | undefined
  /** Of the window's policy; undefined: there is none. */
  readonly document: string | undefined
  readonly by: string | undefined
  readonly reason: string | undefined
  readonly now: Date
}

const missing = (error: unknown): boolean => isAwsError(error, 'NoSuchEntity', 'NoSuchEntityException')

/** The clock of a laptop opens no window, so the time is that of IAM's last answer. */
const openIam = async (target: Target) => {
  const { IAMClient } = await import('../aws/sdk/iam.ts')
  const client = new IAMClient(target.sdk)
  return { client, now: watchServerDate(client) }
}

export const findElevatedRole = async (target: Target, user: UserName): Promise<ElevatedRole> => {
  const { GetRoleCommand, GetRolePolicyCommand } = await import('../aws/sdk/iam.ts')
  const { client, now } = await openIam(target)
  const RoleName = names.elevatedRole(user)
  const role = await client.send(new GetRoleCommand({ RoleName })).catch((error: unknown) => {
    if (!missing(error)) return awsCall(`look at the role ${RoleName}`, () => Promise.reject(error))
    throw new UserError(`${user} has no sandbox on ${target.name}: there is no role ${RoleName}`, {
      hint: `npm run sandbox:up -- --user ${user}`,
    })
  })
  const policy = await client
    .send(new GetRolePolicyCommand({ RoleName, PolicyName: names.elevationWindow }))
    .catch((error: unknown) =>
      missing(error) ? undefined : awsCall(`look at the window of ${RoleName}`, () => Promise.reject(error)),
    )
  const tags = new Map((role.Role?.Tags ?? []).map(({ Key, Value }) => [Key, Value]))
  return {
    name: RoleName,
    boundary: role.Role?.PermissionsBoundary?.PermissionsBoundaryArn,
    document: policy?.PolicyDocument === undefined ? undefined : decodeURIComponent(policy.PolicyDocument),
    by: tags.get(tag.elevatedBy),
    reason: tags.get(tag.elevatedReason),
    now: now(),
  }
}

/** The boundary is what holds whatever a window says. */
export const refuseUnbounded = ({ boundary, name }: ElevatedRole, user: UserName): void => {
  if (boundary === undefined)
    throw new UserError(`${name} has lost its permissions boundary, so no window is opened`, {
      hint: `npm run sandbox:up -- --user ${user}`,
    })
}

/** Terraform's own, or somebody's: a window would overwrite it, and the next plan would not know why. */
export const refuseForeign = ({ document, name, now }: ElevatedRole, user: UserName): void => {
  if (decideWindowState(document, now).kind === 'unknown')
    throw new UserError(
      `the policy ${names.elevationWindow} of ${name} is no window; was the sandbox made with elevation.mode push?`,
      { hint: `npm run sandbox:up -- --user ${user} --refresh` },
    )
}

export interface WindowRecord {
  readonly until: string
  readonly by: string
  readonly reason: string
}

/** The reason first: a window without one shall not be, the other way round does no harm. */
export const openWindow = async (
  target: Target,
  RoleName: string,
  PolicyDocument: string,
  { until, by, reason }: WindowRecord,
): Promise<void> => {
  const { PutRolePolicyCommand, TagRoleCommand } = await import('../aws/sdk/iam.ts')
  const { client } = await openIam(target)
  const Tags = [
    { Key: tag.elevatedUntil, Value: until },
    { Key: tag.elevatedBy, Value: by },
    { Key: tag.elevatedReason, Value: reason },
  ]
  await awsCall(`record the reason at ${RoleName}`, () => client.send(new TagRoleCommand({ RoleName, Tags })))
  await awsCall(`open the window of ${RoleName}`, () =>
    client.send(new PutRolePolicyCommand({ RoleName, PolicyName: names.elevationWindow, PolicyDocument })),
  )
}

export const closeWindow = async (
  target: Target,
  RoleName: string,
  PolicyDocument: string,
): Promise<void> => {
  const { PutRolePolicyCommand, UntagRoleCommand } = await import('../aws/sdk/iam.ts')
  const { client } = await openIam(target)
  await awsCall(`close the window of ${RoleName}`, () =>
    client.send(new PutRolePolicyCommand({ RoleName, PolicyName: names.elevationWindow, PolicyDocument })),
  )
  const TagKeys = [tag.elevatedUntil, tag.elevatedBy, tag.elevatedReason]
  await awsCall(`clear the tags of ${RoleName}`, () =>
    client.send(new UntagRoleCommand({ RoleName, TagKeys })),
  )
}
