import type { Tag } from '@aws-sdk/client-ec2'
import { tag } from '../../config/names.ts'
import { awsCall } from '../aws/call.ts'
import type { SdkConfig } from '../target.ts'

type Ec2 = typeof import('../aws/sdk/ec2.ts')
type Client = InstanceType<Ec2['EC2Client']>
type Filters = { Name: string; Values: string[] }[]
type Thing = { readonly id: string | undefined; readonly tags: readonly Tag[] | undefined }
type Lister = (ec2: Ec2, client: Client, Filters: Filters) => Promise<readonly Thing[]>

const listRules =
  (egress: boolean): Lister =>
  async (ec2, client, Filters) =>
    ((await client.send(new ec2.DescribeSecurityGroupRulesCommand({ Filters }))).SecurityGroupRules ?? [])
      .filter(({ IsEgress }) => IsEgress === egress)
      .map(({ SecurityGroupRuleId, Tags }) => ({ id: SecurityGroupRuleId, tags: Tags }))

/**
 * Terraform's type to how EC2 lists it. DescribeTags would be one call for all, but tags outlive what they were
 * on for a while, and Terraform refuses to import what is gone.
 */
const listers: Readonly<Record<string, Lister>> = {
  aws_vpc: async (ec2, client, Filters) =>
    ((await client.send(new ec2.DescribeVpcsCommand({ Filters }))).Vpcs ?? []).map(({ VpcId, Tags }) => ({
      id: VpcId,
      tags: Tags,
    })),
  aws_subnet: async (ec2, client, Filters) =>
    ((await client.send(new ec2.DescribeSubnetsCommand({ Filters }))).Subnets ?? []).map(
      ({ SubnetId, Tags }) => ({ id: SubnetId, tags: Tags }),
    ),
  aws_route_table: async (ec2, client, Filters) =>
    ((await client.send(new ec2.DescribeRouteTablesCommand({ Filters }))).RouteTables ?? []).map(
      ({ RouteTableId, Tags }) => ({ id: RouteTableId, tags: Tags }),
    ),
  aws_internet_gateway: async (ec2, client, Filters) =>
    ((await client.send(new ec2.DescribeInternetGatewaysCommand({ Filters }))).InternetGateways ?? []).map(
      ({ InternetGatewayId, Tags }) => ({ id: InternetGatewayId, tags: Tags }),
    ),
  aws_eip: async (ec2, client, Filters) =>
    ((await client.send(new ec2.DescribeAddressesCommand({ Filters }))).Addresses ?? []).map(
      ({ AllocationId, Tags }) => ({ id: AllocationId, tags: Tags }),
    ),
  // A deleted one is listed for an hour, with its tags.
  aws_nat_gateway: async (ec2, client, Filters) =>
    ((await client.send(new ec2.DescribeNatGatewaysCommand({ Filter: Filters }))).NatGateways ?? [])
      .filter(({ State }) => State === 'pending' || State === 'available')
      .map(({ NatGatewayId, Tags }) => ({ id: NatGatewayId, tags: Tags })),
  aws_flow_log: async (ec2, client, Filters) =>
    ((await client.send(new ec2.DescribeFlowLogsCommand({ Filter: Filters }))).FlowLogs ?? []).map(
      ({ FlowLogId, Tags }) => ({ id: FlowLogId, tags: Tags }),
    ),
  aws_security_group: async (ec2, client, Filters) =>
    ((await client.send(new ec2.DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups ?? []).map(
      ({ GroupId, Tags }) => ({ id: GroupId, tags: Tags }),
    ),
  aws_vpc_security_group_ingress_rule: listRules(false),
  aws_vpc_security_group_egress_rule: listRules(true),
  aws_vpc_endpoint: async (ec2, client, Filters) =>
    ((await client.send(new ec2.DescribeVpcEndpointsCommand({ Filters }))).VpcEndpoints ?? [])
      .filter(({ State }) => !/^delet/i.test(State ?? ''))
      .map(({ VpcEndpointId, Tags }) => ({ id: VpcEndpointId, tags: Tags })),
  aws_ec2_instance_connect_endpoint: async (ec2, client, Filters) =>
    (
      (await client.send(new ec2.DescribeInstanceConnectEndpointsCommand({ Filters })))
        .InstanceConnectEndpoints ?? []
    )
      .filter(({ State }) => !/^delete/.test(State ?? ''))
      .map(({ InstanceConnectEndpointId, Tags }) => ({ id: InstanceConnectEndpointId, tags: Tags })),
}

/** Ids of everything EC2 holds under our tag, by Terraform type and Name tag: `aws_vpc kiro-sandbox`. */
export const listTagged = async (
  sdk: SdkConfig,
  types: ReadonlySet<string>,
  owner: string,
): Promise<Map<string, string>> => {
  const wanted = Object.entries(listers).filter(([type]) => types.has(type))
  if (wanted.length === 0) return new Map()
  const ec2 = await import('../aws/sdk/ec2.ts')
  const client = new ec2.EC2Client(sdk)
  const filters = [{ Name: `tag:${tag.sandbox}`, Values: [owner] }]
  const lists = await Promise.all(
    wanted.map(([type, list]) =>
      awsCall(`list ${type.replace(/^aws_/, '')}`, async () =>
        (await list(ec2, client, filters)).map((thing) => ({ type, ...thing })),
      ),
    ),
  )
  return new Map(
    lists.flat().flatMap(({ type, id, tags = [] }) => {
      const name = tags.find(({ Key }) => Key === 'Name')?.Value
      return id === undefined || name === undefined ? [] : [[`${type} ${name}`, id] as const]
    }),
  )
}
