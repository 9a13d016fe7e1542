import { names } from '../../config/names.ts'
import type { SandboxSpec } from '../../config/spec.ts'
import { type PolicyDocument, policy } from './policy.ts'

/** Who may become the instance role: EC2, for the instance that carries its profile. */
export const trustOfEc2Role = (): PolicyDocument =>
  policy({
    Sid: 'Ec2',
    Effect: 'Allow',
    Principal: { Service: 'ec2.amazonaws.com' },
    Action: 'sts:AssumeRole',
  })

/**
 * Who may become readonly or elevated: the instance role of the same engineer, with credentials that the very
 * instance got from its metadata service, under the engineer's own session name.
 *
 * The principal is the account root and the role stands in a condition: a role named as principal would let the
 * caller in without any permission of its own, and no gate on the caller would hold.
 * ec2:SourceInstanceARN and aws:Ec2InstanceSourceVpc are properties of credentials from the metadata service.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export const trustOfSandboxRole = (spec: SandboxSpec, instanceArn: string): PolicyDocument =>
  policy({
    Sid: 'OwnSandboxInstanceOnly',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${spec.accountId}:root` },
    Action: 'sts:AssumeRole',
    Condition: {
      ArnEquals: {
        'aws:PrincipalArn': `arn:aws:iam::${spec.accountId}:role/${names.ec2Role(spec.user)}`,
        'ec2:SourceInstanceARN': instanceArn,
      },
      StringEquals: {
        'aws:Ec2InstanceSourceVpc': spec.network.vpcId,
        'sts:RoleSessionName': spec.user,
      },
    },
  })
