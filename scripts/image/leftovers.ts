import { tag } from '../../config/names.ts'
import { awsCall } from '../aws/call.ts'
import type { SdkConfig } from '../target.ts'

/** Ends every machine of one build. Their disks go with them. */
export const removeMachinesOf = async (sdk: SdkConfig, build: string): Promise<void> => {
  const { EC2Client, TerminateInstancesCommand, paginateDescribeInstances } = await import(
    '../aws/sdk/ec2.ts'
  )
  const client = new EC2Client(sdk)
  const Filters = [
    { Name: `tag:${tag.build}`, Values: [build] },
    { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
  ]
  await awsCall(`remove the machines of build ${build}`, async () => {
    const ids: string[] = []
    for await (const page of paginateDescribeInstances({ client }, { Filters }))
      for (const { Instances = [] } of page.Reservations ?? [])
        ids.push(...Instances.flatMap(({ InstanceId }) => (InstanceId === undefined ? [] : [InstanceId])))
    if (ids.length > 0) await client.send(new TerminateInstancesCommand({ InstanceIds: ids }))
  })
}
