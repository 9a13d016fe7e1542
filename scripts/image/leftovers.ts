import { tag } from '../../config/names.ts'
import type { BuildThing } from '../../images/sweep.ts'
import { awsCall } from '../aws/call.ts'
import type { SdkConfig } from '../target.ts'

/** Everything that lives only as long as a build carries this. */
export const ofBuilds = { Name: `tag:${tag.component}`, Values: ['image-builder'] }

type Tags = readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]

export const readBuildTags = (tags: Tags = []) => {
  const find = (key: string) => tags.find(({ Key }) => Key === key)?.Value
  return { build: find(tag.build), deadline: find(tag.deadline) }
}

/** Machines of builds that are not on their way out. @param build undefined: of all */
export const listBuildMachines = async (
  sdk: SdkConfig,
  build?: string,
): Promise<(BuildThing & { readonly type: string })[]> => {
  const { EC2Client, paginateDescribeInstances } = await import('../aws/sdk/ec2.ts')
  const Filters = [
    build === undefined ? ofBuilds : { Name: `tag:${tag.build}`, Values: [build] },
    { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
  ]
  return awsCall('look for machines of builds', async () => {
    const machines: (BuildThing & { readonly type: string })[] = []
    for await (const { Reservations = [] } of paginateDescribeInstances(
      { client: new EC2Client(sdk) },
      { Filters },
    ))
      for (const one of Reservations.flatMap(({ Instances = [] }) => Instances))
        machines.push({
          ...readBuildTags(one.Tags),
          id: one.InstanceId ?? '',
          type: one.InstanceType ?? '',
          createdAt: one.LaunchTime?.toISOString() ?? '',
        })
    return machines
  })
}

/** Ends every machine of one build. Their disks go with them. */
export const removeMachinesOf = async (sdk: SdkConfig, build: string): Promise<void> => {
  const { EC2Client, TerminateInstancesCommand } = await import('../aws/sdk/ec2.ts')
  const InstanceIds = (await listBuildMachines(sdk, build)).map(({ id }) => id)
  if (InstanceIds.length === 0) return
  await awsCall(`remove the machines of build ${build}`, () =>
    new EC2Client(sdk).send(new TerminateInstancesCommand({ InstanceIds })),
  )
}
