import { chooseEndpoint, type Endpoint } from '../../connect/eice/choose-endpoint.ts'
import { awsCall } from '../aws/call.ts'
import type { SandboxMachine } from '../aws/instances.ts'
import type { SdkConfig } from '../target.ts'

export type Route =
  | { readonly kind: 'tunnel'; readonly endpoint: Endpoint }
  | { readonly kind: 'session'; readonly why: string }

/** A tunnel where the VPC has an endpoint, else Session Manager. */
export const decideRoute = (
  endpoints: readonly Endpoint[],
  { subnetId, privateIp }: Pick<SandboxMachine, 'subnetId' | 'privateIp'>,
): Route => {
  const endpoint = chooseEndpoint(endpoints, subnetId)
  if (endpoint !== undefined && privateIp !== undefined) return { kind: 'tunnel', endpoint }
  const [first] = endpoints
  if (first === undefined) return { kind: 'session', why: 'its VPC has no EC2 Instance Connect Endpoint' }
  return { kind: 'session', why: `the EC2 Instance Connect Endpoint ${first.id} is ${first.state}` }
}

/** Endpoints of one VPC, in whatever state. */
export const listEndpoints = async (sdk: SdkConfig, vpcId: string): Promise<Endpoint[]> => {
  const { DescribeInstanceConnectEndpointsCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  const { InstanceConnectEndpoints = [] } = await awsCall('look for an EC2 Instance Connect Endpoint', () =>
    new EC2Client(sdk).send(
      new DescribeInstanceConnectEndpointsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }),
    ),
  )
  return InstanceConnectEndpoints.flatMap(({ InstanceConnectEndpointId: id, DnsName, SubnetId, State }) =>
    id === undefined || DnsName === undefined
      ? []
      : [{ id, dnsName: DnsName, subnetId: SubnetId ?? '', state: State ?? 'unknown' }],
  )
}
