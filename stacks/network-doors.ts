import { Ec2InstanceConnectEndpoint } from '@cdktf/provider-aws/lib/ec2-instance-connect-endpoint/index.js'
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js'
import type { Subnet } from '@cdktf/provider-aws/lib/subnet/index.js'
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint/index.js'
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js'
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js'
import { Construct } from 'constructs'
import { names } from '../config/names.ts'
import type { NetworkSpec } from '../config/spec.ts'

export interface NetworkDoorsProps {
  readonly spec: NetworkSpec
  readonly vpcId: string
  readonly subnets: readonly Subnet[]
  readonly routeTableId: string
}

/** A run that is killed leaves things its state does not know; the next one finds them by this name. */
const named = (name: string) => ({ tags: { Name: `kiro-sandbox-${name}` } })

/**
 * Every way in and out of the private subnets. Into a sandbox leads port 22 from the Instance Connect Endpoint
 * and nothing else; out of it HTTPS.
 */
export class NetworkDoors extends Construct {
  readonly instanceGroupId: string
  readonly builderGroupId: string
  private readonly props: NetworkDoorsProps

  constructor(scope: Construct, id: string, props: NetworkDoorsProps) {
    super(scope, id)
    this.props = props
    const instances = this.group(
      'instances',
      'Sandboxes: HTTPS out, ssh in from the Instance Connect Endpoint',
    )
    this.instanceGroupId = instances.id
    new VpcSecurityGroupEgressRule(this, 'https-out', {
      ...named('https-out'),
      securityGroupId: instances.id,
      description: 'HTTPS to AWS, Kiro and package repositories',
      ipProtocol: 'tcp',
      fromPort: 443,
      toPort: 443,
      cidrIpv4: '0.0.0.0/0',
    })
    const builders = this.builders()
    this.builderGroupId = builders.id
    if (props.spec.instanceConnectEndpoint) this.instanceConnect(instances)
    this.gatewayToS3()
    if (props.spec.endpoints.length > 0) this.interfaceEndpoints({ instances, builders })
  }

  private group(name: string, description: string): SecurityGroup {
    return new SecurityGroup(this, name, {
      name: `kiro-sandbox-${name}`,
      description,
      vpcId: this.props.vpcId,
      ...named(name),
    })
  }

  /** Machines that become images: nothing leads in, also not from the Instance Connect Endpoint. */
  private builders(): SecurityGroup {
    const group = new SecurityGroup(this, 'image-builder', {
      name: names.imageBuilderGroup,
      description: 'Machines that build images: HTTPS out, nothing in',
      vpcId: this.props.vpcId,
      ...named('image-builder'),
    })
    new VpcSecurityGroupEgressRule(this, 'builder-https-out', {
      ...named('builder-https-out'),
      securityGroupId: group.id,
      description: 'HTTPS to Systems Manager, S3 and the package repositories in it',
      ipProtocol: 'tcp',
      fromPort: 443,
      toPort: 443,
      cidrIpv4: '0.0.0.0/0',
    })
    return group
  }

  private instanceConnect(instances: SecurityGroup): void {
    const group = this.group('instance-connect', 'EC2 Instance Connect Endpoint: ssh to sandboxes only')
    const ssh = { ipProtocol: 'tcp', fromPort: 22, toPort: 22 }
    new VpcSecurityGroupEgressRule(this, 'ssh-to-instances', {
      ...ssh,
      ...named('ssh-to-instances'),
      securityGroupId: group.id,
      description: 'ssh to sandboxes',
      referencedSecurityGroupId: instances.id,
    })
    new VpcSecurityGroupIngressRule(this, 'ssh-from-endpoint', {
      ...ssh,
      ...named('ssh-from-endpoint'),
      securityGroupId: instances.id,
      description: 'ssh through the Instance Connect Endpoint',
      referencedSecurityGroupId: group.id,
    })
    const [subnet] = this.props.subnets
    if (subnet === undefined) return
    new Ec2InstanceConnectEndpoint(this, 'endpoint', {
      subnetId: subnet.id,
      securityGroupIds: [group.id],
      // With true the instance group would have to let in every client address.
      preserveClientIp: false,
      ...named('endpoint'),
    })
  }

  /** Free, and the repositories of Amazon Linux 2023 are S3 buckets. */
  private gatewayToS3(): void {
    new VpcEndpoint(this, 's3', {
      vpcId: this.props.vpcId,
      serviceName: `com.amazonaws.${this.props.spec.region}.s3`,
      vpcEndpointType: 'Gateway',
      routeTableIds: [this.props.routeTableId],
      ...named('s3'),
    })
  }

  private interfaceEndpoints(from: Readonly<Record<'instances' | 'builders', SecurityGroup>>): void {
    const group = this.group('endpoints', 'Interface endpoints: HTTPS from sandboxes only')
    for (const [who, source] of Object.entries(from))
      new VpcSecurityGroupIngressRule(this, `https-from-${who}`, {
        ...named(`https-from-${who}`),
        securityGroupId: group.id,
        description: who === 'instances' ? 'HTTPS from sandboxes' : 'HTTPS from machines that build images',
        ipProtocol: 'tcp',
        fromPort: 443,
        toPort: 443,
        referencedSecurityGroupId: source.id,
      })
    for (const service of this.props.spec.endpoints)
      new VpcEndpoint(this, service, {
        vpcId: this.props.vpcId,
        serviceName: `com.amazonaws.${this.props.spec.region}.${service}`,
        vpcEndpointType: 'Interface',
        privateDnsEnabled: true,
        subnetIds: this.props.subnets.map((subnet) => subnet.id),
        securityGroupIds: [group.id],
        ...named(service),
      })
  }
}
