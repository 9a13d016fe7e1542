import type { Endpoint } from '../../connect/eice/choose-endpoint.ts'
import type { SdkConfig } from '../target.ts'

/** The Instance Connect Endpoints of a VPC, in whatever state they are. Not explained. */
export const listEndpoints = async (sdk: SdkConfig, vpcId: string): Promise<Endpoint[]> => {
  const { EC2Client, paginateDescribeInstanceConnectEndpoints } = await import('./sdk/ec2.ts')
  const Filters = [{ Name: 'vpc-id', Values: [vpcId] }]
  const found: Endpoint[] = []
  for await (const page of paginateDescribeInstanceConnectEndpoints(
    { client: new EC2Client(sdk) },
    { Filters },
  ))
    for (const one of page.InstanceConnectEndpoints ?? [])
      found.push({
        id: one.InstanceConnectEndpointId ?? '',
        dnsName: one.DnsName ?? '',
        subnetId: one.SubnetId ?? '',
        state: one.State ?? '',
        ownerId: one.OwnerId ?? '',
      })
  return found
}
