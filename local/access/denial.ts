import type { Verdict } from '../../iam/evaluate.ts'
import type { Call } from '../gateway/classify.ts'
import type { AwsError } from '../gateway/errors.ts'
import type { Check } from './checks.ts'

/** How access.ts names policies for the evaluator, which are the words AWS uses for them. */
export const kindOf = {
  identity: 'identity-based policy',
  boundary: 'permissions boundary',
  session: 'session policy',
  resource: 'resource-based policy',
} as const

const articleOf = (kind: string): string => (/^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`)

const missing = (reason: string): string => {
  if (reason.includes('boundary')) return kindOf.boundary
  if (reason.includes('session policy')) return kindOf.session
  return reason.includes('resource policy') ? kindOf.resource : kindOf.identity
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
const explain = ({ decision, reason }: Verdict, action: string): string => {
  if (decision === 'explicitDeny') return `with an explicit deny in ${articleOf(reason.split('/')[0] ?? '')}`
  return `because no ${missing(reason)} allows the ${action} action`
}

/** Status and code by which each protocol says that somebody may not. */
const codes = {
  ec2: [403, 'UnauthorizedOperation'],
  query: [403, 'AccessDenied'],
  json: [400, 'AccessDeniedException'],
  'rest-json': [403, 'AccessDeniedException'],
  s3: [403, 'AccessDenied'],
} as const

/** The refusal in AWS's words; the encoded message of EC2 is left out, since nothing here could decode it. */
export const planDenial = (
  call: Pick<Call, 'protocol'>,
  caller: string,
  check: Check,
  verdict: Verdict,
): AwsError => {
  const [status, code] = codes[call.protocol]
  const resource = call.protocol === 's3' ? `"${check.resource}"` : check.resource
  // STS does not tell a stranger which side of the door is shut.
  const why = /^sts:(AssumeRole|TagSession)$/.test(check.action) ? '' : ` ${explain(verdict, check.action)}`
  const told = `User: ${caller} is not authorized to perform: ${check.action} on resource: ${resource}${why}`
  const message = call.protocol === 'ec2' ? `You are not authorized to perform this operation. ${told}` : told
  return { status, code, message }
}
