import type { RouteTable } from '@aws-sdk/client-ec2'
import { awsCall } from '../aws/call.ts'
import type { Target } from '../target.ts'
import type { DeclaredResource, Import } from './imports.ts'

/** Ids of what exists, as Terraform imports it: `subnet-1/rtb-1`, `rtb-1_0.0.0.0/0`. */
const listIds = ({ RouteTableId, Associations = [], Routes = [] }: RouteTable): string[] => [
  ...Associations.map(({ SubnetId }) => `${SubnetId}/${RouteTableId}`),
  ...Routes.map(({ DestinationCidrBlock }) => `${RouteTableId}_${DestinationCidrBlock}`),
]

/** Associations and routes have no tags: they are found through their route table. */
export const findInRouteTables = async (
  target: Target,
  declared: readonly DeclaredResource[],
  found: readonly Import[],
): Promise<Import[]> => {
  const wanted = declared.filter(({ type }) => type === 'aws_route_table_association' || type === 'aws_route')
  const idOf = (value: unknown) => found.find(({ to }) => value === `\${${to}.id}`)?.id
  const tables = [...new Set(wanted.map(({ block }) => idOf(block.route_table_id)))].filter(
    (id) => id !== undefined,
  )
  if (tables.length === 0) return []
  const { DescribeRouteTablesCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  const { RouteTables = [] } = await awsCall('look at the route tables', () =>
    new EC2Client(target.sdk).send(new DescribeRouteTablesCommand({ RouteTableIds: tables })),
  )
  const existing = new Set(RouteTables.flatMap(listIds))
  return wanted.flatMap(({ type, address, block }) => {
    const table = idOf(block.route_table_id)
    const id =
      type === 'aws_route' ? `${table}_${block.destination_cidr_block}` : `${idOf(block.subnet_id)}/${table}`
    return existing.has(id) ? [{ to: address, id }] : []
  })
}
