import { names } from '../../config/names.ts'
import { parseNetworkSpec } from '../../config/spec.ts'
import { awsCall } from '../aws/call.ts'
import { listMachines, type SandboxMachine } from '../aws/instances.ts'
import { listOurImages } from '../image/inventory.ts'
import type { Context } from '../sandbox/context.ts'
import { parseNetworkOutputs } from '../sandbox/network.ts'
import type { SdkConfig } from '../target.ts'
import type { CostGround } from './plan-cost.ts'

export const listDisks = async (
  sdk: SdkConfig,
  machines: readonly Pick<SandboxMachine, 'instanceId'>[],
): Promise<CostGround['volumes']> => {
  if (machines.length === 0) return []
  const { EC2Client, paginateDescribeVolumes } = await import('../aws/sdk/ec2.ts')
  const Values = machines.map(({ instanceId }) => instanceId)
  // EC2 takes 200 values in a filter.
  const parts = Array.from({ length: Math.ceil(Values.length / 200) }, (_, part) =>
    Values.slice(part * 200, (part + 1) * 200),
  )
  const client = new EC2Client(sdk)
  return awsCall('list the disks of the sandboxes', async () => {
    const volumes: CostGround['volumes'][number][] = []
    for (const part of parts) {
      const Filters = [{ Name: 'attachment.instance-id', Values: part }]
      for await (const { Volumes = [] } of paginateDescribeVolumes({ client }, { Filters }))
        for (const { VolumeId = '', Size = 0, VolumeType = '', Attachments = [] } of Volumes)
          volumes.push({
            ...{ id: VolumeId, sizeGiB: Size, type: VolumeType },
            instanceId: Attachments[0]?.InstanceId ?? '',
          })
    }
    return volumes
  })
}

const nothing = { endpoints: [], nats: [], addresses: [] }

/** Of a network of our own: in one that was there before, none of this is ours. */
const listNetwork = async ({
  target,
  store,
}: Context): Promise<Pick<CostGround, 'endpoints' | 'nats' | 'addresses'>> => {
  const record = await store.findRecord(names.networkStack)
  const spec = parseNetworkSpec(record?.spec, names.networkStack)
  if (record === undefined || (spec !== undefined && spec.mode !== 'managed')) return nothing
  const { vpcId } = parseNetworkOutputs(record.outputs)
  const { DescribeNatGatewaysCommand, DescribeVpcEndpointsCommand, EC2Client } = await import(
    '../aws/sdk/ec2.ts'
  )
  const client = new EC2Client(target.sdk)
  const Filters = [{ Name: 'vpc-id', Values: [vpcId] }]
  const [{ VpcEndpoints = [] }, { NatGateways = [] }] = await awsCall('look at the network', () =>
    Promise.all([
      client.send(new DescribeVpcEndpointsCommand({ Filters })),
      client.send(new DescribeNatGatewaysCommand({ Filter: Filters })),
    ]),
  )
  const gone = (state = '') => /^delet/i.test(state)
  const nats = NatGateways.filter(({ State }) => !gone(State) && State !== 'failed')
  return {
    endpoints: VpcEndpoints.filter(
      ({ VpcEndpointType, State }) => VpcEndpointType === 'Interface' && !gone(State),
    ).map(({ VpcEndpointId = '', ServiceName = '', SubnetIds = [] }) => ({
      ...{ id: VpcEndpointId, service: ServiceName.split('.').at(-1) ?? '', zones: SubnetIds.length },
    })),
    nats: nats.map(({ NatGatewayId = '' }) => NatGatewayId),
    addresses: nats.flatMap(({ NatGatewayAddresses = [] }) =>
      NatGatewayAddresses.flatMap(({ PublicIp }) => PublicIp ?? []),
    ),
  }
}

/** Reads only. */
export const findCostGround = async (context: Context, now: Date): Promise<CostGround> => {
  const { sdk, region } = context.target
  const [machines, images, network] = await Promise.all([
    listMachines(sdk),
    listOurImages(sdk),
    listNetwork(context),
  ])
  return { region, now, machines, volumes: await listDisks(sdk, machines), images, ...network }
}
