import { awsCall } from '../aws/call.ts'
import type { SdkConfig } from '../target.ts'
import { type FoundMachine, tagsOf } from './machine.ts'

const changed = (before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>) => ({
  lost: Object.entries(before).filter(([key, value]) => now[key] !== value),
  gained: Object.keys(now).filter((key) => before[key] === undefined),
})

/** Everything of ours off the machine again, without a stop. What is as it was is not touched. */
export const restoreMachine = async (sdk: SdkConfig, before: FoundMachine): Promise<void> => {
  const ec2 = await import('../aws/sdk/ec2.ts')
  const client = new ec2.EC2Client(sdk)
  const { instanceId } = before
  const InstanceIds = [instanceId]
  await awsCall(`restore ${instanceId}`, async () => {
    const { IamInstanceProfileAssociations = [] } = await client.send(
      new ec2.DescribeIamInstanceProfileAssociationsCommand({
        Filters: [{ Name: 'instance-id', Values: InstanceIds }],
      }),
    )
    const association = IamInstanceProfileAssociations.find(({ State }) => State === 'associated')
    if (association?.IamInstanceProfile?.Arn?.split('/').at(-1) !== before.profile)
      await client.send(
        new ec2.ReplaceIamInstanceProfileAssociationCommand({
          AssociationId: association?.AssociationId,
          IamInstanceProfile: { Name: before.profile },
        }),
      )
    await client.send(
      new ec2.ModifyInstanceMetadataOptionsCommand({
        InstanceId: instanceId,
        HttpPutResponseHopLimit: before.hopLimit,
        InstanceMetadataTags: before.metadataTags ? 'enabled' : 'disabled',
      }),
    )
    await client.send(
      before.monitoring
        ? new ec2.MonitorInstancesCommand({ InstanceIds })
        : new ec2.UnmonitorInstancesCommand({ InstanceIds }),
    )
    if (before.cpuCredits !== undefined)
      await client.send(
        new ec2.ModifyInstanceCreditSpecificationCommand({
          InstanceCreditSpecifications: [{ InstanceId: instanceId, CpuCredits: before.cpuCredits }],
        }),
      )
  })
  await restoreTags(sdk, before)
}

const restoreTags = async (sdk: SdkConfig, before: FoundMachine): Promise<void> => {
  const ec2 = await import('../aws/sdk/ec2.ts')
  const client = new ec2.EC2Client(sdk)
  await awsCall(`restore the tags of ${before.instanceId}`, async () => {
    const [{ Reservations = [] }, { Volumes = [] }] = await Promise.all([
      client.send(new ec2.DescribeInstancesCommand({ InstanceIds: [before.instanceId] })),
      client.send(new ec2.DescribeVolumesCommand({ VolumeIds: [before.root.volumeId] })),
    ])
    const things = [
      [before.instanceId, before.tags, Reservations[0]?.Instances?.[0]?.Tags],
      [before.root.volumeId, before.root.tags, Volumes[0]?.Tags],
    ] as const
    for (const [id, was, now] of things) {
      const { lost, gained } = changed(was, tagsOf(now as { Key?: string; Value?: string }[]))
      if (gained.length > 0)
        await client.send(
          new ec2.DeleteTagsCommand({ Resources: [id], Tags: gained.map((Key) => ({ Key })) }),
        )
      if (lost.length > 0)
        await client.send(
          new ec2.CreateTagsCommand({
            Resources: [id],
            Tags: lost.map(([Key, Value]) => ({ Key, Value })),
          }),
        )
    }
  })
}
