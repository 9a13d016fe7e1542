import type { Input } from './input.ts'

type MakeArn = (kind: string, name: string) => string

/** Members of requests and the kind of resource they name.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html */
const kinds: Readonly<Record<string, string>> = {
  InstanceId: 'instance',
  VolumeId: 'volume',
  ImageId: 'image',
  SnapshotId: 'snapshot',
  SubnetId: 'subnet',
  VpcId: 'vpc',
  SecurityGroupId: 'security-group',
  SecurityGroup: 'security-group',
  GroupId: 'security-group',
  NetworkInterfaceId: 'network-interface',
  RouteTableId: 'route-table',
  InternetGatewayId: 'internet-gateway',
  NatGatewayId: 'natgateway',
  VpcEndpointId: 'vpc-endpoint',
  AllocationId: 'elastic-ip',
  KeyName: 'key-pair',
  LaunchTemplateId: 'launch-template',
  InstanceConnectEndpointId: 'instance-connect-endpoint',
  FlowLogId: 'vpc-flow-log',
  SourceImageId: 'image',
  SourceSnapshotId: 'snapshot',
}

/** `i-0123` -> instance; CreateTags names things by their id alone. */
const kindOfId: Readonly<Record<string, string>> = {
  i: 'instance',
  vol: 'volume',
  ami: 'image',
  snap: 'snapshot',
  subnet: 'subnet',
  vpc: 'vpc',
  sg: 'security-group',
  eni: 'network-interface',
  rtb: 'route-table',
  igw: 'internet-gateway',
  nat: 'natgateway',
  vpce: 'vpc-endpoint',
  eipalloc: 'elastic-ip',
  key: 'key-pair',
  lt: 'launch-template',
  eice: 'instance-connect-endpoint',
  fl: 'vpc-flow-log',
}

const associated: Readonly<Record<string, string>> = {
  rtbassoc: 'route-table-association',
  eipassoc: 'elastic-ip',
}

const kebab = (name: string): string => name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()

/** Kinds that are called otherwise in ARNs than in the names of operations. */
const arnKinds: Readonly<Record<string, string>> = {
  address: 'elastic-ip',
  'flow-logs': 'vpc-flow-log',
  'nat-gateway': 'natgateway',
}

/** What the operation is about to make. */
const madeBy = (operation: string): string[] => {
  if (operation === 'RunInstances') return ['instance', 'volume', 'network-interface']
  const [, made] = /^(?:Create|Copy|Register|Allocate)(\w+)$/.exec(operation) ?? []
  if (made === undefined || /^(Tags|Route|Default\w*)$/.test(made)) return []
  const kind = kebab(made)
  return [arnKinds[kind] ?? kind]
}

/** Images and snapshots have no account in their ARNs. */
export const ec2Arn =
  (region: string, account: string): MakeArn =>
  (kind, name) =>
    `arn:aws:ec2:${region}:${kind === 'image' || kind === 'snapshot' ? '' : account}:${kind}/${name}`

export const listEc2Resources = (operation: string, input: Input, arn: MakeArn): string[] => {
  // Most reads know no resources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/ec2-api-permissions.html
  if (/^Describe(?!InstanceAttribute|ImageAttribute|VolumeAttribute)/.test(operation)) return []
  const named = Object.entries(kinds).flatMap(([member, kind]) =>
    input.values(member).map((name) => arn(kind, name)),
  )
  const byId = input.values('ResourceId').map((id) => arn(kindOfId[id.split('-')[0] ?? ''] ?? 'unknown', id))
  // Of a route table or an address; the books know of which.
  const associations = input.values('AssociationId').flatMap((id) => {
    const kind = associated[id.split('-')[0] ?? '']
    return kind === undefined ? [] : [arn(kind, id)]
  })
  return [...named, ...byId, ...associations, ...madeBy(operation).map((kind) => arn(kind, '*'))]
}
