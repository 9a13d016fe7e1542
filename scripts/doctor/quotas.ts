import { type Finding, fine, wrong } from '../../config/finding.ts'
import { awsCall, isAwsError } from '../aws/call.ts'
import type { SdkConfig } from '../target.ts'

export interface Quota {
  readonly what: string
  /** As Service Quotas calls it: https://docs.aws.amazon.com/general/latest/gr/vpc-service.html#vpc-quotas */
  readonly service: string
  readonly code: string
  /** undefined: AWS does not say. */
  readonly limit: number | undefined
  readonly used: number
  /** What the next sandbox takes of it. */
  readonly next: number
}

export const decideQuota = ({ what, service, code, limit, used, next }: Quota, region: string): Finding => {
  if (limit === undefined) return fine(what, `${used} in use, AWS names no limit here`)
  const says = `${used} of ${limit} in use`
  if (used + next <= limit) return fine(what, says)
  const fix = `aws service-quotas request-service-quota-increase --region ${region} --service-code ${service} --quota-code ${code} --desired-value ${Math.max(limit * 2, used + next)}`
  return wrong(what, `${says}, the next sandbox needs ${next} more`, fix)
}

const findLimit = async (
  sdk: SdkConfig,
  ServiceCode: string,
  QuotaCode: string,
): Promise<number | undefined> => {
  const { GetServiceQuotaCommand, ServiceQuotasClient } = await import('../aws/sdk/quotas.ts')
  try {
    const call = new GetServiceQuotaCommand({ ServiceCode, QuotaCode })
    return (await new ServiceQuotasClient(sdk).send(call)).Quota?.Value
  } catch (error) {
    if (isAwsError(error, 'NoSuchResourceException')) return undefined
    return awsCall(`read the quota ${QuotaCode} of ${ServiceCode}`, () => Promise.reject(error))
  }
}

/** @param hasNetwork then the VPC that sandboxes need is there already */
export const findVpcQuota = async (sdk: SdkConfig, hasNetwork: boolean): Promise<Quota> => {
  const { DescribeVpcsCommand, EC2Client } = await import('../aws/sdk/ec2.ts')
  const [limit, { Vpcs = [] }] = await Promise.all([
    findLimit(sdk, 'vpc', 'L-F678F1CE'),
    new EC2Client(sdk).send(new DescribeVpcsCommand({})),
  ])
  return {
    ...{ what: 'VPC quota', service: 'vpc', code: 'L-F678F1CE', limit },
    ...{ used: Vpcs.length, next: hasNetwork ? 0 : 1 },
  }
}

/** Of Graviton sizes: medium has 1 or 2, each size above twice as many. T4g begins with 2. */
export const countVcpus = (type: string): number => {
  const [family = '', size = ''] = type.split('.')
  if (['nano', 'micro', 'small', 'medium'].includes(size)) return family.startsWith('t') ? 2 : 1
  if (size === 'large') return 2
  const times = /^(\d*)xlarge$/.exec(size)
  return times === null ? 64 : 4 * Number(times[1] || 1)
}

/** Of the families that the quota counts. https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html */
const isStandard = (type: string): boolean => /^[acdhimrtz]\d/.test(type)

const countRunning = async (sdk: SdkConfig): Promise<number> => {
  const { EC2Client, paginateDescribeInstances } = await import('../aws/sdk/ec2.ts')
  const Filters = [{ Name: 'instance-state-name', Values: ['pending', 'running'] }]
  let vcpus = 0
  for await (const page of paginateDescribeInstances({ client: new EC2Client(sdk) }, { Filters }))
    for (const { InstanceType = '', CpuOptions } of (page.Reservations ?? []).flatMap(
      ({ Instances = [] }) => Instances,
    ))
      if (isStandard(InstanceType))
        vcpus +=
          CpuOptions?.CoreCount === undefined
            ? countVcpus(InstanceType)
            : CpuOptions.CoreCount * (CpuOptions.ThreadsPerCore ?? 1)
  return vcpus
}

/** "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances". */
export const findVcpuQuota = async (sdk: SdkConfig, nextType: string): Promise<Quota> => {
  const [limit, used] = await Promise.all([findLimit(sdk, 'ec2', 'L-1216C47A'), countRunning(sdk)])
  return {
    ...{ what: 'vCPU quota', service: 'ec2', code: 'L-1216C47A', limit },
    ...{ used, next: countVcpus(nextType) },
  }
}
