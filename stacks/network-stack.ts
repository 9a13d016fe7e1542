import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import { DataAwsSubnet } from '@cdktf/provider-aws/lib/data-aws-subnet/index.js'
import { SsmDocument } from '@cdktf/provider-aws/lib/ssm-document/index.js'
import { type App, TerraformOutput } from 'cdktf'
import { names, tag } from '../config/names.ts'
import type { NetworkSpec } from '../config/spec.ts'
import { BaseStack } from './base-stack.ts'
import { DnsFirewall } from './dns-firewall.ts'
import { ImageBuilderRole } from './image-builder-role.ts'
import { addManagedVpc } from './managed-vpc.ts'
import { type Ground, NetworkDoors } from './network-doors.ts'
import { renderSessionDocuments } from './session-documents.ts'

interface Outputs {
  readonly vpcId: string
  readonly subnetIds: readonly string[]
  readonly securityGroupId: string
  readonly builderGroupId: string
  readonly natAddresses: readonly string[]
}

/** What every sandbox of one account and region shares: where they stand, the doors there, session rules. */
export class NetworkStack extends BaseStack {
  constructor(app: App, spec: NetworkSpec) {
    super(app, names.networkStack, { ...spec, tags: { [tag.sandbox]: 'shared', [tag.component]: 'network' } })
    const outputs = spec.simple === undefined ? this.withDoors(spec) : this.asItIs(spec.simple)
    this.sessions(spec)
    new ImageBuilderRole(this, 'image-builder', spec)
    for (const [name, value] of Object.entries(outputs)) this.output(name, value)
    this.output('spec', JSON.stringify(spec))
  }

  private withDoors(spec: NetworkSpec): Outputs {
    const ground: Ground =
      spec.existing === undefined
        ? addManagedVpc(this, spec)
        : {
            ...{ vpcId: spec.existing.vpcId, subnetIds: spec.existing.subnetIds },
            ...{ routeTableId: undefined, natAddresses: [] },
          }
    const doors = new NetworkDoors(this, 'doors', { spec, ...ground })
    if (spec.egress === 'balanced')
      new DnsFirewall(this, 'dns-firewall', { vpcId: ground.vpcId, domains: spec.domains })
    return {
      ...{ vpcId: ground.vpcId, subnetIds: ground.subnetIds, natAddresses: ground.natAddresses },
      ...{ securityGroupId: doors.instanceGroupId, builderGroupId: doors.builderGroupId },
    }
  }

  /** Nothing is made: builders stand where sandboxes do. */
  private asItIs({ subnetId, securityGroupId }: NonNullable<NetworkSpec['simple']>): Outputs {
    const subnet = new DataAwsSubnet(this, 'subnet', { id: subnetId })
    return {
      ...{ vpcId: subnet.vpcId, subnetIds: [subnetId], natAddresses: [] },
      ...{ securityGroupId, builderGroupId: securityGroupId },
    }
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
