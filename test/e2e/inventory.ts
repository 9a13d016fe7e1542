import { CloudFormationClient, ListStacksCommand } from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import * as ec2 from '@aws-sdk/client-ec2'
import {
  IAMClient,
  ListInstanceProfilesCommand,
  ListPoliciesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam'
import { ListBucketsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { DescribeParametersCommand, ListDocumentsCommand, SSMClient } from '@aws-sdk/client-ssm'
import type { Session } from './cli.ts'

export type Inventory = Readonly<Record<string, readonly string[]>>

const ids = (values: readonly (string | undefined)[] | undefined): string[] =>
  (values ?? []).filter((value) => value !== undefined).sort()

/** Everything the control plane has in its books, asked through its API: ids by kind. */
export const takeInventory = async (session: Session): Promise<Inventory> => {
  const config = await session.sdkConfig()
  const machines = new ec2.EC2Client(config)
  const iam = new IAMClient(config)
  const s3 = new S3Client(config)
  const ssm = new SSMClient(config)
  const alive = [{ Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] }]
  const buckets = ids((await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name))
  const objects = await Promise.all(
    buckets.map(
      async (Bucket) =>
        (await s3.send(new ListObjectsV2Command({ Bucket }))).Contents?.map(
          ({ Key }) => `${Bucket}/${Key}`,
        ) ?? [],
    ),
  )
  return {
    instances: ids(
      (await machines.send(new ec2.DescribeInstancesCommand({ Filters: alive }))).Reservations?.flatMap(
        ({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId),
      ),
    ),
    volumes: ids(
      (await machines.send(new ec2.DescribeVolumesCommand({}))).Volumes?.map(({ VolumeId }) => VolumeId),
    ),
    interfaces: ids(
      (await machines.send(new ec2.DescribeNetworkInterfacesCommand({}))).NetworkInterfaces?.map(
        ({ NetworkInterfaceId }) => NetworkInterfaceId,
      ),
    ),
    vpcs: ids((await machines.send(new ec2.DescribeVpcsCommand({}))).Vpcs?.map(({ VpcId }) => VpcId)),
    subnets: ids(
      (await machines.send(new ec2.DescribeSubnetsCommand({}))).Subnets?.map(({ SubnetId }) => SubnetId),
    ),
    routeTables: ids(
      (await machines.send(new ec2.DescribeRouteTablesCommand({}))).RouteTables?.map(
        ({ RouteTableId }) => RouteTableId,
      ),
    ),
    securityGroups: ids(
      (await machines.send(new ec2.DescribeSecurityGroupsCommand({}))).SecurityGroups?.map(
        ({ GroupId }) => GroupId,
      ),
    ),
    vpcEndpoints: ids(
      (await machines.send(new ec2.DescribeVpcEndpointsCommand({}))).VpcEndpoints?.filter(
        ({ State }) => !/^delet/i.test(State ?? ''),
      ).map(({ VpcEndpointId }) => VpcEndpointId),
    ),
    connectEndpoints: ids(
      (
        await machines.send(new ec2.DescribeInstanceConnectEndpointsCommand({}))
      ).InstanceConnectEndpoints?.map(({ InstanceConnectEndpointId }) => InstanceConnectEndpointId),
    ),
    roles: ids((await iam.send(new ListRolesCommand({}))).Roles?.map(({ RoleName }) => RoleName)),
    policies: ids(
      (await iam.send(new ListPoliciesCommand({ Scope: 'Local' }))).Policies?.map(
        ({ PolicyName }) => PolicyName,
      ),
    ),
    profiles: ids(
      (await iam.send(new ListInstanceProfilesCommand({}))).InstanceProfiles?.map(
        ({ InstanceProfileName }) => InstanceProfileName,
      ),
    ),
    documents: ids(
      (
        await ssm.send(new ListDocumentsCommand({ Filters: [{ Key: 'Owner', Values: ['Self'] }] }))
      ).DocumentIdentifiers?.map(({ Name }) => Name),
    ),
    parameters: ids(
      (await ssm.send(new DescribeParametersCommand({}))).Parameters?.map(({ Name }) => Name).filter(
        (name) => !name?.startsWith('/aws/'),
      ),
    ),
    logGroups: ids(
      (await new CloudWatchLogsClient(config).send(new DescribeLogGroupsCommand({}))).logGroups?.map(
        ({ logGroupName }) => logGroupName,
      ),
    ),
    buckets,
    objects: ids(objects.flat()),
    stacks: ids(
      (
        await new CloudFormationClient(config).send(
          new ListStacksCommand({ StackStatusFilter: ['CREATE_COMPLETE'] }),
        )
      ).StackSummaries?.map(({ StackName }) => StackName),
    ),
  }
}
