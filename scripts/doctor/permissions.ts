import { type Finding, fine, wrong } from '../../config/finding.ts'
import { names, tag } from '../../config/names.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import { findStockImage } from '../aws/images.ts'
import { parseNetworkOutputs } from '../sandbox/network.ts'
import type { Ground } from './ground.ts'

/** What EC2 says to a call that it is only asked about. */
export interface Rehearsed {
  readonly action: string
  readonly verdict: 'allowed' | 'denied' | 'unknown'
  /** AWS's own words to a denial. */
  readonly detail: string | undefined
}

export const decidePermissions = (rehearsed: readonly Rehearsed[]): Finding[] => {
  const denied = rehearsed.filter(({ verdict }) => verdict === 'denied')
  if (denied.length === 0) {
    const asked = rehearsed.filter(({ verdict }) => verdict === 'allowed').map(({ action }) => action)
    return [fine('permissions', `EC2 would allow ${asked.join(', ') || 'nothing that could be asked'}`)]
  }
  return denied.map(({ action, detail }) =>
    wrong(
      'permissions',
      `you may not ${action}${detail === undefined ? '' : `: ${detail}`}`,
      `ask for ${action} in your policy`,
    ),
  )
}

/** The part before what only AWS can decode. */
const shorten = (message: string): string =>
  message.replace(/\s*Encoded authorization failure message.*$/s, '')

/**
 * Where there is no network of ours yet, the calls mean the default one, into which nothing is ever launched: whoever
 * may not touch that lacks nothing.
 */
const ofDefaultNetwork = /on resource: arn:aws:ec2:[^ ]*:(?:subnet\/subnet|vpc\/vpc)-/

const rehearse = async (action: string, call: () => Promise<unknown>, ours = true): Promise<Rehearsed> => {
  try {
    await call()
  } catch (error) {
    if (isAwsError(error, 'DryRunOperation')) return { action, verdict: 'allowed', detail: undefined }
    if (isAwsError(error, 'UnauthorizedOperation')) {
      const detail = shorten((error as Error).message)
      return !ours && ofDefaultNetwork.test(detail)
        ? { action, verdict: 'unknown', detail: undefined }
        : { action, verdict: 'denied', detail }
    }
    // Of what else is wrong with a call AWS only speaks to those who may make it, but not always.
    if (
      isAwsError(error, 'InvalidParameterValue', 'IncorrectInstanceState', 'VpcLimitExceeded') ||
      // Without a subnet of its own the call means the default network, and not every account has one.
      isAwsError(error, 'VPCIdNotSpecified', 'MissingInput')
    )
      return { action, verdict: 'unknown', detail: undefined }
    await awsCall(`ask whether ${action} is allowed`, () => Promise.reject(error))
  }
  return { action, verdict: 'unknown', detail: undefined }
}

/** As everything of the network is tagged: a policy may allow calls with this tag alone. */
const tagged = (kind: 'vpc' | 'security-group') => ({
  TagSpecifications: [{ ResourceType: kind, Tags: [{ Key: tag.sandbox, Value: 'shared' }] }],
})

/** In our own network, where there is one. */
const place = async ({ record }: Ground) => {
  const network = await record(names.networkStack)
  if (network === undefined) return { ours: false, vpc: {}, machine: {} }
  const { vpcId, subnetIds, securityGroupId } = parseNetworkOutputs(network.outputs)
  const [SubnetId] = subnetIds
  return {
    ours: true,
    vpc: { VpcId: vpcId },
    machine: { SecurityGroupIds: [securityGroupId], ...(SubnetId === undefined ? {} : { SubnetId }) },
  }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html (DryRun) */
export const rehearsePermissions = async (ground: Ground): Promise<Rehearsed[]> => {
  const {
    CreateSecurityGroupCommand,
    CreateVpcCommand,
    EC2Client,
    RunInstancesCommand,
    StopInstancesCommand,
  } = await import('../aws/sdk/ec2.ts')
  const { context, machines } = ground
  const client = new EC2Client(context.target.sdk)
  const { settings } = context
  const [image, [machine], where] = await Promise.all([
    // Golden or not: what is asked is whether machines may be launched.
    findStockImage(context.target.sdk, settings.environment),
    machines(),
    place(ground),
  ])
  const vpc = new CreateVpcCommand({ ...tagged('vpc'), CidrBlock: settings.network.cidr, DryRun: true })
  const run = new RunInstancesCommand({
    ...{ ImageId: image.id, InstanceType: settings.instance.type as 't4g.medium' },
    ...{ MinCount: 1, MaxCount: 1, DryRun: true },
    ...where.machine,
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: tag.sandbox, Value: 'rehearsal' }] }],
  })
  const group = new CreateSecurityGroupCommand({
    ...tagged('security-group'),
    ...where.vpc,
    ...{ GroupName: 'kiro-sandbox-rehearsal', Description: 'only asked about', DryRun: true },
  })
  const stop =
    machine === undefined
      ? []
      : [
          rehearse('ec2:StopInstances', () =>
            client.send(new StopInstancesCommand({ InstanceIds: [machine.instanceId], DryRun: true })),
          ),
        ]
  return Promise.all([
    rehearse('ec2:RunInstances', () => client.send(run), where.ours),
    rehearse('ec2:CreateVpc', () => client.send(vpc)),
    rehearse('ec2:CreateSecurityGroup', () => client.send(group), where.ours),
    ...stop,
  ])
}
