import type { NetworkSpec } from '../../config/spec.ts'
import { usableStates } from '../../connect/eice/choose-endpoint.ts'
import { decideReach } from './decide-reach.ts'
import type { NetworkGround, Problem } from './ground.ts'

const problem = (message: string, hint: string): Problem => ({ message, hint })
const lookFor = 'npm run init shows what there is'

const decideVpc = ({ vpc }: NetworkGround, spec: NetworkSpec): Problem[] => {
  if (vpc === undefined) return []
  const attribute = (name: string) =>
    `aws ec2 modify-vpc-attribute --region ${spec.region} --vpc-id ${vpc.id} --${name} Value=true`
  return [
    ...(vpc.ranges.includes(spec.cidr)
      ? []
      : [
          problem(
            `network.cidr is ${spec.cidr}, ${vpc.id} has ${vpc.ranges.join(', ')}`,
            `put "cidr": "${vpc.ranges[0]}" into the settings`,
          ),
        ]),
    ...(vpc.dnsSupport
      ? []
      : [problem(`DNS is switched off in ${vpc.id}, so nothing finds AWS`, attribute('enable-dns-support'))]),
    ...(vpc.dnsHostnames
      ? []
      : [
          problem(
            `DNS host names are switched off in ${vpc.id}, so endpoints have no names of their own`,
            attribute('enable-dns-hostnames'),
          ),
        ]),
  ]
}

const decideSubnets = (ground: NetworkGround, ids: readonly string[], vpcId: string): Problem[] =>
  ids.flatMap((id) => {
    const subnet = ground.subnets.find((one) => one.id === id)
    if (subnet === undefined) return [problem(`there is no subnet ${id}`, lookFor)]
    if (subnet.vpcId !== vpcId) return [problem(`${id} is in ${subnet.vpcId}, not in ${vpcId}`, lookFor)]
    return subnet.freeAddresses > 0
      ? []
      : [problem(`${id} has no free address`, 'take another subnet, or a larger one')]
  })

const decideGroup = (ground: NetworkGround, id: string, vpcId: string): Problem[] => {
  const group = ground.groups.find((one) => one.id === id)
  if (group === undefined) return [problem(`there is no security group ${id}`, lookFor)]
  return group.vpcId === vpcId ? [] : [problem(`${id} is in ${group.vpcId}, not in ${vpcId}`, lookFor)]
}

/** A VPC has room for one Instance Connect Endpoint. */
const decideConnect = (ground: NetworkGround, spec: NetworkSpec): Problem[] => {
  const groupId = spec.existing?.connectEndpointGroupId
  const others = ground.connectEndpoints.filter(({ ours }) => !ours)
  if (groupId !== undefined) {
    const fits = others.some(
      ({ state, groupIds }) => usableStates.includes(state) && groupIds.includes(groupId),
    )
    return fits
      ? []
      : [
          problem(
            `no Instance Connect Endpoint of the VPC that works has the security group ${groupId}`,
            'leave network.existing.connectEndpointGroupId out, and one is made',
          ),
        ]
  }
  const [there] = others
  if (!spec.instanceConnectEndpoint || there === undefined) return []
  return [
    problem(
      `the VPC has an Instance Connect Endpoint already (${there.id}), and there can be only one`,
      `put "instanceConnectEndpoint": false into network, and "connectEndpointGroupId": "${there.groupIds[0]}" into network.existing`,
    ),
  ]
}

const decideExisting = (
  ground: NetworkGround,
  spec: NetworkSpec,
  { vpcId, subnetIds, connectEndpointGroupId }: NonNullable<NetworkSpec['existing']>,
): Problem[] => {
  if (ground.vpc === undefined) return [problem(`there is no ${vpcId} in ${spec.region}`, lookFor)]
  return [
    ...decideVpc(ground, spec),
    ...decideSubnets(ground, subnetIds, vpcId),
    ...(connectEndpointGroupId === undefined ? [] : decideGroup(ground, connectEndpointGroupId, vpcId)),
    ...decideConnect(ground, spec),
    ...decideReach(ground, spec, subnetIds),
  ]
}

/** HTTPS out to somewhere. */
const letsHttpsOut = ({ groups }: NetworkGround, id: string): boolean =>
  groups
    .find((one) => one.id === id)
    ?.rules.some(
      ({ out, protocol, from, to }) =>
        out && (protocol === '-1' || (protocol === 'tcp' && from <= 443 && 443 <= to)),
    ) === true

const decideSimple = (
  ground: NetworkGround,
  spec: NetworkSpec,
  { subnetId, securityGroupId }: NonNullable<NetworkSpec['simple']>,
): Problem[] => {
  const vpcId = ground.vpc?.id
  if (vpcId === undefined) return [problem(`there is no subnet ${subnetId} in ${spec.region}`, lookFor)]
  const group = decideGroup(ground, securityGroupId, vpcId)
  return [
    ...decideVpc(ground, spec),
    ...decideSubnets(ground, [subnetId], vpcId),
    ...group,
    ...(group.length > 0 || letsHttpsOut(ground, securityGroupId)
      ? []
      : [
          problem(
            `${securityGroupId} lets no HTTPS out, so a sandbox in it reaches nothing`,
            `aws ec2 authorize-security-group-egress --region ${spec.region} --group-id ${securityGroupId} --protocol tcp --port 443 --cidr 0.0.0.0/0`,
          ),
        ]),
    ...decideReach(ground, spec, [subnetId]),
  ]
}

/** Why sandboxes would not work in a network that is not ours; of our own one there is nothing to ask. */
export const decideGround = (ground: NetworkGround, spec: NetworkSpec): Problem[] => {
  if (spec.existing !== undefined) return decideExisting(ground, spec, spec.existing)
  return spec.simple === undefined ? [] : decideSimple(ground, spec, spec.simple)
}
