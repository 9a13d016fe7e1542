import { Eip } from '@cdktf/provider-aws/lib/eip/index.js'
import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway/index.js'
import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway/index.js'
import { Route } from '@cdktf/provider-aws/lib/route/index.js'
import { RouteTable } from '@cdktf/provider-aws/lib/route-table/index.js'
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association/index.js'
import { Subnet } from '@cdktf/provider-aws/lib/subnet/index.js'
import { Construct } from 'constructs'

export interface WayOutProps {
  readonly vpcId: string
  readonly cidrBlock: string
  readonly zone: string
  readonly privateRoutesId: string
}

const world = '0.0.0.0/0'
const named = (name: string) => ({ tags: { Name: `kiro-sandbox-${name}` } })

/**
 * One NAT gateway for all private subnets. A second one would double its price; when its zone is out, sandboxes of
 * other zones have no internet until it is back, and sessions go on through the endpoints.
 */
export class WayOut extends Construct {
  /** Public address that everything leaves from. */
  readonly address: string

  constructor(scope: Construct, id: string, props: WayOutProps) {
    super(scope, id)
    const { vpcId, cidrBlock, zone } = props
    const gateway = new InternetGateway(this, 'internet', { vpcId, ...named('internet') })
    // Nothing is ever launched in here but the NAT gateway.
    const subnet = new Subnet(this, 'public', {
      ...{ vpcId, cidrBlock, availabilityZone: zone, mapPublicIpOnLaunch: false },
      ...named('public'),
    })
    const routes = new RouteTable(this, 'public-routes', { vpcId, ...named('public') })
    new RouteTableAssociation(this, 'public-routes-0', { subnetId: subnet.id, routeTableId: routes.id })
    new Route(this, 'to-internet', {
      routeTableId: routes.id,
      destinationCidrBlock: world,
      gatewayId: gateway.id,
    })
    const address = new Eip(this, 'address', { domain: 'vpc', dependsOn: [gateway], ...named('nat') })
    const nat = new NatGateway(this, 'nat', {
      allocationId: address.id,
      subnetId: subnet.id,
      dependsOn: [gateway],
      ...named('nat'),
    })
    new Route(this, 'to-nat', {
      routeTableId: props.privateRoutesId,
      destinationCidrBlock: world,
      natGatewayId: nat.id,
    })
    this.address = address.publicIp
  }
}
