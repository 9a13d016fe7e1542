import { type Call, isRead } from './classify.ts'
import type { AwsError } from './errors.ts'
import type { Incoming } from './incoming.ts'

/** moto looks at what these are given before it says that they would have worked, as EC2 does. */
const known = new Set([
  'RunInstances',
  'StartInstances',
  'StopInstances',
  'RebootInstances',
  'TerminateInstances',
])

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (DryRunOperation) */
const wouldWork: AwsError = {
  status: 412,
  code: 'DryRunOperation',
  message: 'Request would have succeeded, but DryRun flag is set.',
}

/** moto does what some calls only asked about. undefined: the call goes its way. */
export const decideDryRun = (
  call: Call,
  incoming: Pick<Incoming, 'body' | 'query'>,
): AwsError | undefined => {
  if (call.service !== 'ec2' || isRead(call) || known.has(call.operation)) return undefined
  const asked = [incoming.query, incoming.body.toString()].some(
    (text) => new URLSearchParams(text).get('DryRun')?.toLowerCase() === 'true',
  )
  return asked ? wouldWork : undefined
}
