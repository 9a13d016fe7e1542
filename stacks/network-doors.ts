import { DataAwsEc2ManagedPrefixList } from '@cdktf/provider-aws/lib/data-aws-ec2-managed-prefix-list/index.js'
import { Ec2InstanceConnectEndpoint } from '@cdktf/provider-aws/lib/ec2-instance-connect-endpoint/index.js'
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group/index.js'
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint/index.js'
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js'
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js'
import { Construct } from 'constructs'
import { names } from '../config/names.ts'
import type { NetworkSpec } from '../config/spec.ts'

/** Where sandboxes stand. */
export interface Ground {
  readonly vpcId: string
  readonly subnetIds: readonly string[]
  /** undefined: routes and endpoints are somebody else's. */
  readonly routeTableId: string | undefined
  /** Public addresses that they leave from, as far as that is ours to know. */
  readonly natAddresses: readonly string[]
}

export interface NetworkDoorsProps extends Ground {
  readonly spec: NetworkSpec
}

const ssh = { ipProtocol: 'tcp', fromPort: 22, toPort: 22 } as const

/** A run that is killed leaves things its state does not know; the next one finds them by this name. */
const named = (name: string) => ({ tags: { Name: `kiro-sandbox-${name}` } })

/**
 * Every way in and out of the subnets. Into a sandbox leads port 22 from the Instance Connect Endpoint and nothing
 * else; out of it HTTPS, or everything where egress is open.
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
    this.httpsOut('https-out', instances, 'HTTPS to AWS, Kiro and package repositories')
    if (props.spec.egress === 'open') this.anythingOut(instances)
    const builders = this.builders()
    this.builderGroupId = builders.id
    if (props.spec.instanceConnectEndpoint) this.instanceConnect(instances)
    const connect = props.spec.existing?.connectEndpointGroupId
    if (connect !== undefined) this.sshFrom(connect, instances)
    if (props.routeTableId !== undefined) this.gatewayToS3(props.routeTableId)
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
    this.httpsOut(
      'builder-https-out',
      group,
      'HTTPS to Systems Manager, S3 and the package repositories in it',
    )
    return group
  }

  /**
   * Where there is no route to the internet the rule may say the whole world. In a VPC that is not ours nobody knows
   * its routes, so locked names what there is: endpoints stand in the range of the VPC, and S3 has a list.
   */
  private httpsOut(id: string, group: SecurityGroup, description: string): void {
    const { spec } = this.props
    const https = { securityGroupId: group.id, ipProtocol: 'tcp', fromPort: 443, toPort: 443 }
    const fenced = spec.existing !== undefined && spec.egress === 'locked'
    new VpcSecurityGroupEgressRule(this, id, {
      ...named(id),
      ...https,
      description,
      cidrIpv4: fenced ? spec.cidr : '0.0.0.0/0',
    })
    if (!fenced) return
    new VpcSecurityGroupEgressRule(this, `${id}-s3`, {
      ...named(`${id}-s3`),
      ...https,
      description: 'HTTPS to S3, where the repositories of Amazon Linux are',
      prefixListId: this.s3Addresses(),
    })
  }

  private s3Addresses(): string {
    const id = 's3-addresses'
    const found = this.node.tryFindChild(id) as DataAwsEc2ManagedPrefixList | undefined
    const list =
      found ??
      new DataAwsEc2ManagedPrefixList(this, id, { name: `com.amazonaws.${this.props.spec.region}.s3` })
    return list.id
  }

  private anythingOut(group: SecurityGroup): void {
    new VpcSecurityGroupEgressRule(this, 'anything-out', {
      ...named('anything-out'),
      securityGroupId: group.id,
      description: 'Anything: egress is open',
      ipProtocol: '-1',
      cidrIpv4: '0.0.0.0/0',
    })
  }

  private instanceConnect(instances: SecurityGroup): void {
    const group = this.group('instance-connect', 'EC2 Instance Connect Endpoint: ssh to sandboxes only')
    new VpcSecurityGroupEgressRule(this, 'ssh-to-instances', {
      ...ssh,
      ...named('ssh-to-instances'),
      securityGroupId: group.id,
      description: 'ssh to sandboxes',
      referencedSecurityGroupId: instances.id,
    })
    this.sshFrom(group.id, instances)
    const [subnetId] = this.props.subnetIds
    if (subnetId === undefined) return
    new Ec2InstanceConnectEndpoint(this, 'endpoint', {
      subnetId,
      securityGroupIds: [group.id],
      // With true the instance group would have to let in every client address.
      preserveClientIp: false,
      ...named('endpoint'),
    })
  }

  private sshFrom(groupId: string, instances: SecurityGroup): void {
    new VpcSecurityGroupIngressRule(this, 'ssh-from-endpoint', {
      ...ssh,
      ...named('ssh-from-endpoint'),
      securityGroupId: instances.id,
      description: 'ssh through the Instance Connect Endpoint',
      referencedSecurityGroupId: groupId,
    })
  }

  /** Free, and the repositories of Amazon Linux 2023 are S3 buckets. */
  private gatewayToS3(routeTableId: string): void {
    new VpcEndpoint(this, 's3', {
      vpcId: this.props.vpcId,
      serviceName: `com.amazonaws.${this.props.spec.region}.s3`,
      vpcEndpointType: 'Gateway',
      routeTableIds: [routeTableId],
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
        subnetIds: [...this.props.subnetIds],
        securityGroupIds: [group.id],
        ...named(service),
      })
  }
}
