import { type Finding, fine, note, wrong } from '../../config/finding.ts'
import { names } from '../../config/names.ts'
import { type NetworkSpec, networkSpecSchema } from '../../config/spec.ts'
import { usableStates } from '../../connect/eice/choose-endpoint.ts'
import { findProblems } from '../network/check-ground.ts'
import type { Problem } from '../network/ground.ts'
import { parseNetworkOutputs } from '../sandbox/network.ts'
import type { SdkConfig } from '../target.ts'
import type { Ground } from './ground.ts'

export interface Door {
  /** Such as `ssm`, of an interface endpoint; or the id of an Instance Connect Endpoint. */
  readonly name: string
  readonly state: string
}

/** What AWS has of the network that the last finished run made. */
export interface NetworkFacts {
  readonly spec: Pick<NetworkSpec, 'endpoints' | 'instanceConnectEndpoint'>
  readonly missingSubnets: readonly string[]
  /** Why sandboxes do not work in a network that is somebody else's. */
  readonly problems: readonly Problem[]
  readonly endpoints: readonly Door[]
  readonly connectEndpoints: readonly Door[]
  readonly missingDocuments: readonly string[]
  readonly logGroup: boolean
}

const decideEndpoints = ({ spec, endpoints }: NetworkFacts, fix: string): Finding[] =>
  spec.endpoints.flatMap((service): Finding[] => {
    const found = endpoints.find(({ name }) => name === service)
    if (found === undefined)
      return [wrong('endpoint', `${service} is gone; sandboxes do not reach that service without it`, fix)]
    // EC2 writes the same state in two ways.
    return found.state.toLowerCase() === 'available'
      ? []
      : [wrong('endpoint', `${service} is ${found.state}`, fix)]
  })

const decideConnect = ({ spec, connectEndpoints }: NetworkFacts, fix: string): Finding[] => {
  if (!spec.instanceConnectEndpoint) return []
  const what = 'instance connect'
  const found = connectEndpoints.find(({ state }) => usableStates.includes(state)) ?? connectEndpoints[0]
  if (found === undefined) return [wrong(what, 'its endpoint is gone, so there is no ssh to sandboxes', fix)]
  if (usableStates.includes(found.state)) return []
  return found.state === 'create-in-progress'
    ? [note(what, `${found.name} is still being made`, 'wait a few minutes')]
    : [
        wrong(
          what,
          `${found.name} is in ${found.state}`,
          `aws ec2 delete-instance-connect-endpoint --instance-connect-endpoint-id ${found.name}, then ${fix}`,
        ),
      ]
}

export const decideNetwork = (facts: NetworkFacts | undefined, someone = '<name>'): Finding[] => {
  if (facts === undefined) return [note('network', 'there is none yet; the first sandbox:up makes it')]
  const fix = `npm run sandbox:up -- --user ${someone} --refresh`
  const findings = [
    ...facts.problems.map(({ message, hint }) => wrong('network', message, hint)),
    ...facts.missingSubnets.map((id) => wrong('network', `subnet ${id} is gone`, fix)),
    ...decideEndpoints(facts, fix),
    ...decideConnect(facts, fix),
    ...facts.missingDocuments.map((name) =>
      wrong('session documents', `${name} is gone, so sessions that use it do not start`, fix),
    ),
    ...(facts.logGroup
      ? []
      : [wrong('session log', `the log group ${names.sessionLogGroup} is gone: no session can start`, fix)]),
  ]
  if (findings.length > 0) return findings
  const { endpoints, instanceConnectEndpoint } = facts.spec
  const ssh = instanceConnectEndpoint ? ', Instance Connect' : ''
  return [
    fine('network', `subnets, ${endpoints.length} interface endpoints${ssh}, session documents and log`),
  ]
}

const listMissingSubnets = async (sdk: SdkConfig, ids: readonly string[]): Promise<string[]> => {
  const { DescribeSubnetsCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  const Filters = [{ Name: 'subnet-id', Values: [...ids] }]
  const { Subnets = [] } = await new EC2Client(sdk).send(new DescribeSubnetsCommand({ Filters }))
  return ids.filter((id) => !Subnets.some(({ SubnetId }) => SubnetId === id))
}

const listDoors = async (sdk: SdkConfig, vpcId: string): Promise<[Door[], Door[]]> => {
  const { DescribeInstanceConnectEndpointsCommand, DescribeVpcEndpointsCommand, EC2Client } = await import(
    '../aws/sdk/ec2.ts'
  )
  const client = new EC2Client(sdk)
  const Filters = [{ Name: 'vpc-id', Values: [vpcId] }]
  const [{ VpcEndpoints = [] }, { InstanceConnectEndpoints = [] }] = await Promise.all([
    client.send(new DescribeVpcEndpointsCommand({ Filters })),
    client.send(new DescribeInstanceConnectEndpointsCommand({ Filters })),
  ])
  return [
    // One that was deleted is listed for a while.
    VpcEndpoints.filter(({ State }) => State?.toLowerCase() !== 'deleted').map(
      ({ ServiceName = '', State = 'unknown' }) => ({
        name: ServiceName.split('.').at(-1) ?? '',
        state: State,
      }),
    ),
    InstanceConnectEndpoints.filter(({ State }) => State !== 'delete-complete').map(
      ({ InstanceConnectEndpointId = '', State = 'unknown' }) => ({
        ...{ name: InstanceConnectEndpointId, state: State },
      }),
    ),
  ]
}

const listMissingDocuments = async (sdk: SdkConfig): Promise<string[]> => {
  const { paginateListDocuments, SSMClient } = await import('../aws/sdk/ssm.ts')
  const Filters = [{ Key: 'Owner', Values: ['Self'] }]
  const there = new Set<string | undefined>()
  for await (const page of paginateListDocuments({ client: new SSMClient(sdk) }, { Filters }))
    for (const { Name } of page.DocumentIdentifiers ?? []) there.add(Name)
  return Object.values(names.sessionDocuments).filter((name) => !there.has(name))
}

const hasLogGroup = async (sdk: SdkConfig): Promise<boolean> => {
  const { CloudWatchLogsClient, DescribeLogGroupsCommand } = await import('../aws/sdk/logs.ts')
  const call = new DescribeLogGroupsCommand({ logGroupNamePrefix: names.sessionLogGroup })
  const { logGroups = [] } = await new CloudWatchLogsClient(sdk).send(call)
  return logGroups.some(({ logGroupName }) => logGroupName === names.sessionLogGroup)
}

/** undefined: no network was ever finished. */
export const findNetwork = async ({ context, record }: Ground): Promise<NetworkFacts | undefined> => {
  const { sdk } = context.target
  const recorded = await record(names.networkStack)
  const spec = networkSpecSchema.safeParse(recorded?.spec).data
  if (recorded === undefined || spec === undefined) return undefined
  const { vpcId, subnetIds } = parseNetworkOutputs(recorded.outputs)
  const [missingSubnets, problems, [endpoints, connectEndpoints], missingDocuments, logGroup] =
    await Promise.all([
      listMissingSubnets(sdk, subnetIds),
      findProblems(sdk, spec),
      listDoors(sdk, vpcId),
      listMissingDocuments(sdk),
      hasLogGroup(sdk),
    ])
  return { spec, missingSubnets, problems, endpoints, connectEndpoints, missingDocuments, logGroup }
}
