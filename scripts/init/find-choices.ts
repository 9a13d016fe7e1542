import { tag } from '../../config/names.ts'
import { usableStates } from '../../connect/eice/choose-endpoint.ts'
import { awsCall } from '../aws/call.ts'
import { findGround } from '../network/find-ground.ts'
import type { NetworkGround } from '../network/ground.ts'
import type { SdkConfig } from '../target.ts'
import type { ChosenGround } from './plan-file.ts'

export interface VpcChoice {
  readonly id: string
  readonly name: string
  readonly cidr: string
  readonly isDefault: boolean
}

export interface SubnetChoice {
  readonly id: string
  readonly name: string
  readonly zone: string
  readonly routes: NetworkGround['subnets'][number]['routes']
}

export interface GroupChoice {
  readonly id: string
  readonly name: string
}

type Tags = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]
const nameOf = (tags: Tags = []): string => tags.find(({ Key }) => Key === 'Name')?.Value ?? ''

const open = async (sdk: SdkConfig) => {
  const ec2 = await import('../aws/sdk/ec2.ts')
  return { ec2, client: new ec2.EC2Client(sdk) }
}

/** VPCs that are not of our own making. */
export const listVpcs = async (sdk: SdkConfig): Promise<VpcChoice[]> => {
  const { ec2, client } = await open(sdk)
  const { Vpcs = [] } = await awsCall('list the VPCs', () => client.send(new ec2.DescribeVpcsCommand({})))
  return Vpcs.filter(({ Tags = [] }) => !Tags.some(({ Key }) => Key === tag.sandbox)).map(
    ({ VpcId = '', CidrBlock = '', IsDefault, Tags }) => ({
      ...{ id: VpcId, name: nameOf(Tags), cidr: CidrBlock, isDefault: IsDefault === true },
    }),
  )
}

export const listSubnets = async (sdk: SdkConfig, vpcId: string): Promise<SubnetChoice[]> => {
  const { ec2, client } = await open(sdk)
  const Filters = [{ Name: 'vpc-id', Values: [vpcId] }]
  const { Subnets = [] } = await awsCall('list the subnets', () =>
    client.send(new ec2.DescribeSubnetsCommand({ Filters })),
  )
  const subnetIds = Subnets.flatMap(({ SubnetId }) => SubnetId ?? [])
  const ground = await findGround(sdk, { existing: { vpcId, subnetIds } })
  return Subnets.map(({ SubnetId = '', AvailabilityZone = '', Tags }) => ({
    ...{ id: SubnetId, name: nameOf(Tags), zone: AvailabilityZone },
    routes: ground?.subnets.find(({ id }) => id === SubnetId)?.routes ?? [],
  }))
}

export const listGroups = async (sdk: SdkConfig, vpcId: string): Promise<GroupChoice[]> => {
  const { ec2, client } = await open(sdk)
  const Filters = [{ Name: 'vpc-id', Values: [vpcId] }]
  const { SecurityGroups = [] } = await awsCall('list the security groups', () =>
    client.send(new ec2.DescribeSecurityGroupsCommand({ Filters })),
  )
  return SecurityGroups.map(({ GroupId = '', GroupName = '' }) => ({ id: GroupId, name: GroupName }))
}

/** Range and Instance Connect Endpoint of the VPC that was chosen, by its id or by a subnet of it. */
export const findChosen = async (
  sdk: SdkConfig,
  vpcId: string | undefined,
  subnetIds: readonly string[],
): Promise<ChosenGround | undefined> => {
  const [subnetId] = subnetIds
  if (subnetId === undefined) return undefined
  const wanted =
    vpcId === undefined
      ? { simple: { subnetId, securityGroupId: 'sg-00000000' } }
      : { existing: { vpcId, subnetIds: [...subnetIds] } }
  const ground = await findGround(sdk, wanted)
  const [cidr] = ground?.vpc?.ranges ?? []
  if (cidr === undefined) return undefined
  const connect = ground?.connectEndpoints.find(({ ours, state }) => !ours && usableStates.includes(state))
  return { cidr, connectEndpointGroupId: connect?.groupIds[0] }
}
