import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import { DataAwsAvailabilityZones } from '@cdktf/provider-aws/lib/data-aws-availability-zones/index.js'
import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group/index.js'
import { RouteTable } from '@cdktf/provider-aws/lib/route-table/index.js'
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association/index.js'
import { SsmDocument } from '@cdktf/provider-aws/lib/ssm-document/index.js'
import { Subnet } from '@cdktf/provider-aws/lib/subnet/index.js'
import { Vpc } from '@cdktf/provider-aws/lib/vpc/index.js'
import { type App, Fn, TerraformOutput } from 'cdktf'
import { names, tag } from '../config/names.ts'
import type { NetworkSpec } from '../config/spec.ts'
import { BaseStack } from './base-stack.ts'
import { ImageBuilderRole } from './image-builder-role.ts'
import { NetworkDoors } from './network-doors.ts'
import { renderSessionDocuments } from './session-documents.ts'
import { planSubnets } from './subnets.ts'

/** What every sandbox of one account and region shares: private subnets, the doors into them, session rules. */
export class NetworkStack extends BaseStack {
  constructor(app: App, spec: NetworkSpec) {
    super(app, names.networkStack, { ...spec, tags: { [tag.sandbox]: 'shared', [tag.component]: 'network' } })
    const vpc = new Vpc(this, 'vpc', {
      cidrBlock: spec.cidr,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: 'kiro-sandbox' },
    })
    // Without rules in the configuration Terraform takes the stock ones away.
    new DefaultSecurityGroup(this, 'default-group', { vpcId: vpc.id, tags: { Name: 'kiro-sandbox-closed' } })
    const subnets = this.privateSubnets(spec, vpc.id)
    const routes = new RouteTable(this, 'routes', { vpcId: vpc.id, tags: { Name: 'kiro-sandbox-private' } })
    subnets.forEach((subnet, index) => {
      new RouteTableAssociation(this, `routes-${index}`, { subnetId: subnet.id, routeTableId: routes.id })
    })
    const doors = new NetworkDoors(this, 'doors', { spec, vpcId: vpc.id, subnets, routeTableId: routes.id })
    this.sessions(spec)
    new ImageBuilderRole(this, 'image-builder', spec)
    this.output('vpcId', vpc.id)
    this.output(
      'subnetIds',
      subnets.map((subnet) => subnet.id),
    )
    this.output('securityGroupId', doors.instanceGroupId)
    this.output('builderGroupId', doors.builderGroupId)
    this.output('spec', JSON.stringify(spec))
  }

  private privateSubnets(spec: NetworkSpec, vpcId: string): Subnet[] {
    const zones = new DataAwsAvailabilityZones(this, 'zones', {
      state: 'available',
      filter: [{ name: 'opt-in-status', values: ['opt-in-not-required'] }],
    })
    return planSubnets(spec.cidr, spec.subnets).map(
      (cidrBlock, index) =>
        new Subnet(this, `private-${index}`, {
          vpcId,
          cidrBlock,
          availabilityZone: Fn.element(zones.names, index),
          mapPublicIpOnLaunch: false,
          tags: { Name: `kiro-sandbox-private-${index}` },
        }),
    )
  }

  private sessions(spec: NetworkSpec): void {
    new CloudwatchLogGroup(this, 'session-log', {
      name: names.sessionLogGroup,
      retentionInDays: spec.session.logRetentionDays,
    })
    for (const [kind, content] of Object.entries(renderSessionDocuments(spec.session)))
      new SsmDocument(this, `session-${kind}`, {
        name: names.sessionDocuments[kind as keyof typeof names.sessionDocuments],
        documentType: 'Session',
        documentFormat: 'JSON',
        content,
      })
  }

  private output(name: string, value: unknown): void {
    const output = new TerraformOutput(this, name, { value })
    output.overrideLogicalId(name)
  }
}
