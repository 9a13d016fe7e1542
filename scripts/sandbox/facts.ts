import { names } from '../../config/names.ts'
import type { SandboxSpec } from '../../config/spec.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import { findMachine, type SandboxMachine } from '../aws/instances.ts'
import type { Target } from '../target.ts'

/** What AWS says about one sandbox right now. */
export interface SandboxFacts {
  readonly machine: SandboxMachine | undefined
  /** Of the three roles, those that are gone. */
  readonly missingRoles: readonly string[]
}

/** Where the facts differ from the spec, in words. Empty means that Terraform need not be asked. */
export const decideDrift = (spec: SandboxSpec, { machine, missingRoles }: SandboxFacts): string[] => {
  const roles = missingRoles.map((role) => `role ${role} is gone`)
  if (machine === undefined) return ['the instance is gone', ...roles]
  const expected = (what: string, is: unknown, wanted: unknown) =>
    is === wanted ? [] : [`${what} is ${is ?? 'none'} instead of ${wanted ?? 'none'}`]
  return [
    ...expected('instance type', machine.type, spec.instance.type),
    ...expected('image', machine.imageId, spec.image.id),
    ...expected('subnet', machine.subnetId, spec.network.subnetId),
    ...expected('security groups', machine.securityGroupIds.join(','), spec.network.securityGroupId),
    ...expected('IMDSv2', machine.tokensRequired ? 'required' : 'optional', 'required'),
    ...expected('metadata hop limit', machine.hopLimit, spec.instance.hopLimit),
    // One that was taken over may have come with one; only a new machine could be without.
    ...(spec.adopted?.publicAddress === true ? [] : expected('public address', machine.publicIp, undefined)),
    ...expected('key pair', machine.keyName, undefined),
    ...expected('instance profile', machine.profileArn?.split('/').at(-1), names.instanceProfile(spec.user)),
    ...roles,
  ]
}

export const findFacts = async (target: Target, spec: SandboxSpec): Promise<SandboxFacts> => {
  const { user } = spec
  const [machine, missing] = await Promise.all([
    findMachine(target.sdk, user),
    listMissingRoles(target, [names.ec2Role(user), names.readonlyRole(user), names.elevatedRole(user)]),
  ])
  return { machine, missingRoles: missing }
}

const listMissingRoles = async (target: Target, roles: readonly string[]): Promise<string[]> => {
  const { GetRoleCommand, IAMClient } = await import('../aws/sdk/iam.ts')
  const client = new IAMClient(target.sdk)
  const missing = await Promise.all(
    roles.map(async (RoleName) => {
      try {
        await client.send(new GetRoleCommand({ RoleName }))
        return []
      } catch (error) {
        if (isAwsError(error, 'NoSuchEntity', 'NoSuchEntityException')) return [RoleName]
        return awsCall(`look at the role ${RoleName}`, () => Promise.reject(error))
      }
    }),
  )
  return missing.flat()
}
