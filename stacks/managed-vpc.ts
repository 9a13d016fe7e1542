import { DataAwsAvailabilityZones } from '@cdktf/provider-aws/lib/data-aws-availability-zones/index.js'
import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group/index.js'
import { RouteTable } from '@cdktf/provider-aws/lib/route-table/index.js'
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association/index.js'
import { Subnet } from '@cdktf/provider-aws/lib/subnet/index.js'
import { Vpc } from '@cdktf/provider-aws/lib/vpc/index.js'
import { Fn, type TerraformStack } from 'cdktf'
import type { NetworkSpec } from '../config/spec.ts'
import { FlowLogs } from './flow-logs.ts'
import type { Ground } from './network-doors.ts'
import { planSubnets } from './subnets.ts'
import { WayOut } from './way-out.ts'

/** Parts of the range; the last one is for the public subnet, so that more private ones can come. */
const parts = 16

/** A VPC of our own. Ids stand right below the stack: they are addresses of what people have already. */
export const addManagedVpc = (stack: TerraformStack, spec: NetworkSpec): Ground => {
  const vpc = new Vpc(stack, 'vpc', {
    cidrBlock: spec.cidr,
    enableDnsSupport: true,
    enableDnsHostnames: true,
    tags: { Name: 'kiro-sandbox' },
  })
  // Without rules in the configuration Terraform takes the stock ones away.
  new DefaultSecurityGroup(stack, 'default-group', {
    vpcId: vpc.id,
    tags: { Name: 'kiro-sandbox-closed' },
  })
  const zones = new DataAwsAvailabilityZones(stack, 'zones', {
    state: 'available',
    filter: [{ name: 'opt-in-status', values: ['opt-in-not-required'] }],
  })
  const zone = (index: number) => Fn.element(zones.names, index)
  const ranges = planSubnets(spec.cidr, parts)
  const subnets = ranges.slice(0, spec.subnets).map(
    (cidrBlock, index) =>
      new Subnet(stack, `private-${index}`, {
        vpcId: vpc.id,
        cidrBlock,
        availabilityZone: zone(index),
        mapPublicIpOnLaunch: false,
        tags: { Name: `kiro-sandbox-private-${index}` },
      }),
  )
  const routes = new RouteTable(stack, 'routes', {
    vpcId: vpc.id,
    tags: { Name: 'kiro-sandbox-private' },
  })
  subnets.forEach((subnet, index) => {
    new RouteTableAssociation(stack, `routes-${index}`, { subnetId: subnet.id, routeTableId: routes.id })
  })
  if (spec.flowLogs) new FlowLogs(stack, 'flow-logs', { spec, vpcId: vpc.id })
  const wayOut =
    spec.egress === 'locked'
      ? undefined
      : new WayOut(stack, 'way-out', {
          vpcId: vpc.id,
          cidrBlock: ranges[parts - 1] ?? '',
          zone: zone(0),
          privateRoutesId: routes.id,
        })
  return {
    vpcId: vpc.id,
    subnetIds: subnets.map(({ id }) => id),
    routeTableId: routes.id,
    natAddresses: wayOut === undefined ? [] : [wayOut.address],
  }
}
