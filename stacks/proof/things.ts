import { names } from '../../config/names.ts'
import { prodAccountId } from './laptop.ts'
import type { World } from './world.ts'

/** What rows may name in braces. */
const thingsOf = ({ spec, own, other }: World): Readonly<Record<string, string>> => {
  const { accountId, region, user } = spec
  return {
    account: accountId,
    'prod account': prodAccountId,
    region,
    user,
    other: other.user,
    state: spec.state.bucket,
    instance: `arn:aws:ec2:${region}:${accountId}:instance/${own.instanceId}`,
    'other instance': `arn:aws:ec2:${region}:${accountId}:instance/${other.instanceId}`,
    readonly: `arn:aws:iam::${accountId}:role/${names.readonlyRole(user)}`,
    elevated: `arn:aws:iam::${accountId}:role/${names.elevatedRole(user)}`,
    ec2: `arn:aws:iam::${accountId}:role/${names.ec2Role(user)}`,
    'other readonly': `arn:aws:iam::${accountId}:role/${names.readonlyRole(other.user)}`,
    'other elevated': `arn:aws:iam::${accountId}:role/${names.elevatedRole(other.user)}`,
    builder: `arn:aws:iam::${accountId}:role/${names.imageBuilderRole(region)}`,
    'flow logs': `arn:aws:iam::${accountId}:role/${names.flowLogsRole(region)}`,
    boundary: `arn:aws:iam::${accountId}:policy/${names.elevatedBoundary(user)}`,
    ip: own.privateIp,
    'other ip': other.privateIp,
    vpc: spec.network.vpcId,
    domain: spec.access.engineer.sessionDomain === undefined ? '' : `@${spec.access.engineer.sessionDomain}`,
  }
}

/** A row's text for one world. Throws for a name in braces that stands for nothing: that row would prove nothing. */
export const nameThings = (world: World): ((text: string) => string) => {
  const things = thingsOf(world)
  return (text) =>
    text.replace(/\{([a-z0-9 ]+)\}/g, (whole, name: string) => {
      const thing = things[name]
      if (thing === undefined) throw new Error(`${whole} in ${text} is nothing the proof knows`)
      return thing
    })
}
