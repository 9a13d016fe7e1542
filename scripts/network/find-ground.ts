import type { RouteTable } from '@aws-sdk/client-ec2'
import { tag } from '../../config/names.ts'
import type { NetworkSpec } from '../../config/spec.ts'
import { awsCall } from '../aws/call.ts'
import type { SdkConfig } from '../target.ts'
import type { GroupRule, NetworkGround, Target } from './ground.ts'

type Ec2 = typeof import('../aws/sdk/ec2.ts')
type Client = InstanceType<Ec2['EC2Client']>

const world = '0.0.0.0/0'

const targetOf = (route: NonNullable<RouteTable['Routes']>[number]): Target[] => {
  // A route whose target is gone leads nowhere.
  if (route.State === 'blackhole') return []
  if (route.GatewayId?.startsWith('vpce-')) return ['s3 endpoint']
  if (route.DestinationCidrBlock !== world) return []
  if (route.NatGatewayId !== undefined) return ['nat']
  return [route.GatewayId?.startsWith('igw-') ? 'internet gateway' : 'elsewhere']
}

/** A subnet without a table of its own has the main one of its VPC. */
const routesOf = (
  tables: readonly RouteTable[],
  subnetId: string,
  s3: ReadonlySet<string>,
): readonly Target[] => {
  const own = tables.find(({ Associations = [] }) => Associations.some((one) => one.SubnetId === subnetId))
  const table = own ?? tables.find(({ Associations = [] }) => Associations.some(({ Main }) => Main === true))
  const routes = (table?.Routes ?? []).flatMap(targetOf)
  return s3.has(table?.RouteTableId ?? '') ? [...routes, 's3 endpoint'] : routes
}

const findVpc = async (ec2: Ec2, client: Client, VpcId: string): Promise<NetworkGround['vpc']> => {
  const Filters = [{ Name: 'vpc-id', Values: [VpcId] }]
  const { Vpcs: [vpc] = [] } = await client.send(new ec2.DescribeVpcsCommand({ Filters }))
  if (vpc === undefined) return undefined
  const ask = (Attribute: 'enableDnsSupport' | 'enableDnsHostnames') =>
    client.send(new ec2.DescribeVpcAttributeCommand({ VpcId, Attribute }))
  const [support, hostnames] = await Promise.all([ask('enableDnsSupport'), ask('enableDnsHostnames')])
  const more = (vpc.CidrBlockAssociationSet ?? []).flatMap(({ CidrBlock = '' }) => CidrBlock)
  return {
    id: VpcId,
    ranges: [...new Set([vpc.CidrBlock ?? '', ...more])].filter((range) => range !== ''),
    dnsSupport: support.EnableDnsSupport?.Value === true,
    dnsHostnames: hostnames.EnableDnsHostnames?.Value === true,
  }
}

const findGroups = async (
  ec2: Ec2,
  client: Client,
  ids: readonly string[],
): Promise<NetworkGround['groups']> => {
  if (ids.length === 0) return []
  const Filters = [{ Name: 'group-id', Values: [...ids] }]
  const [{ SecurityGroups = [] }, { SecurityGroupRules = [] }] = await Promise.all([
    client.send(new ec2.DescribeSecurityGroupsCommand({ Filters })),
    client.send(new ec2.DescribeSecurityGroupRulesCommand({ Filters })),
  ])
  return SecurityGroups.map(({ GroupId = '', VpcId = '' }) => ({
    ...{ id: GroupId, vpcId: VpcId },
    rules: SecurityGroupRules.filter((rule) => rule.GroupId === GroupId).map(
      ({ IsEgress, IpProtocol = '', FromPort = 0, ToPort = 0, CidrIpv4 }): GroupRule => ({
        ...{ out: IsEgress === true, protocol: IpProtocol, from: FromPort, to: ToPort, range: CidrIpv4 },
      }),
    ),
  }))
}

const findDoors = async (
  ec2: Ec2,
  client: Client,
  VpcId: string,
): Promise<Pick<NetworkGround, 'endpoints' | 'connectEndpoints'> & { s3: Set<string> }> => {
  const Filters = [{ Name: 'vpc-id', Values: [VpcId] }]
  const [{ VpcEndpoints = [] }, { InstanceConnectEndpoints = [] }] = await Promise.all([
    client.send(new ec2.DescribeVpcEndpointsCommand({ Filters })),
    client.send(new ec2.DescribeInstanceConnectEndpointsCommand({ Filters })),
  ])
  const there = VpcEndpoints.filter(({ State = '' }) => !/^delet/i.test(State))
  const s3 = there.filter(
    ({ VpcEndpointType, ServiceName = '' }) => VpcEndpointType === 'Gateway' && ServiceName.endsWith('.s3'),
  )
  return {
    s3: new Set(s3.flatMap(({ RouteTableIds = [] }) => RouteTableIds)),
    endpoints: there
      .filter(({ VpcEndpointType }) => VpcEndpointType === 'Interface')
      .map(
        ({
          VpcEndpointId = '',
          ServiceName = '',
          State = '',
          PrivateDnsEnabled,
          Groups,
          PolicyDocument,
        }) => ({
          ...{ id: VpcEndpointId, service: ServiceName.split('.').at(-1) ?? '', state: State },
          privateDns: PrivateDnsEnabled === true,
          groupIds: (Groups ?? []).flatMap(({ GroupId = '' }) => GroupId),
          policy: PolicyDocument ?? everything,
        }),
      ),
    connectEndpoints: InstanceConnectEndpoints.filter(({ State = '' }) => !/^delete/.test(State)).map(
      ({ InstanceConnectEndpointId = '', State = '', SecurityGroupIds = [], Tags = [] }) => ({
        ...{ id: InstanceConnectEndpointId, state: State, groupIds: SecurityGroupIds },
        ours: Tags.some(({ Key, Value }) => Key === tag.sandbox && Value === 'shared'),
      }),
    ),
  }
}

/** What an endpoint has that was made without a policy. */
const everything = JSON.stringify({
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
})

/** What AWS has of the network that the settings name; undefined: they name none. Reads only. */
export const findGround = async (
  sdk: SdkConfig,
  { existing, simple }: Pick<NetworkSpec, 'existing' | 'simple'>,
): Promise<NetworkGround | undefined> => {
  const subnetIds = existing?.subnetIds ?? (simple === undefined ? [] : [simple.subnetId])
  if (subnetIds.length === 0) return undefined
  const ec2 = await import('../aws/sdk/ec2.ts')
  const client = new ec2.EC2Client(sdk)
  return awsCall('look at the network of the settings', async () => {
    const Filters = [{ Name: 'subnet-id', Values: [...subnetIds] }]
    const { Subnets = [] } = await client.send(new ec2.DescribeSubnetsCommand({ Filters }))
    const vpcId = existing?.vpcId ?? Subnets[0]?.VpcId
    const vpc = vpcId === undefined ? undefined : await findVpc(ec2, client, vpcId)
    if (vpc === undefined) return { vpc, subnets: [], endpoints: [], connectEndpoints: [], groups: [] }
    const [{ s3, ...doors }, { RouteTables = [] }] = await Promise.all([
      findDoors(ec2, client, vpc.id),
      client.send(new ec2.DescribeRouteTablesCommand({ Filters: [{ Name: 'vpc-id', Values: [vpc.id] }] })),
    ])
    const wanted = [existing?.connectEndpointGroupId, simple?.securityGroupId].flatMap((id) => id ?? [])
    const groupIds = new Set([...wanted, ...doors.endpoints.flatMap((one) => one.groupIds)])
    return {
      ...{ vpc, ...doors },
      subnets: Subnets.map(({ SubnetId = '', VpcId = '', AvailableIpAddressCount = 0 }) => ({
        ...{ id: SubnetId, vpcId: VpcId, freeAddresses: AvailableIpAddressCount },
        routes: routesOf(RouteTables, SubnetId, s3),
      })),
      groups: await findGroups(ec2, client, [...groupIds]),
    }
  })
}
