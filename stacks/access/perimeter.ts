import type { SandboxSpec } from '../../config/spec.ts'
import { type PolicyDocument, policy } from './policy.ts'

/**
 * Sessions of readonly and elevated bear no mark of the instance they were made on, so what binds them is the
 * network they call from: the sandbox's VPC through an endpoint, or the NAT gateway's address. A call has either
 * a source address or a source VPC. What AWS does on behalf of the session is let through.
 * Without known addresses the calls that leave by NAT could not be told from stolen ones: then there is none.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
 */
export const sandboxPerimeter = ({ access, network }: SandboxSpec): PolicyDocument | undefined =>
  access.binding.mode === 'none' || access.binding.addresses.length === 0
    ? undefined
    : policy({
        Sid: 'OnlyFromSandboxNetwork',
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: {
          NotIpAddressIfExists: { 'aws:SourceIp': access.binding.addresses },
          StringNotEqualsIfExists: { 'aws:SourceVpc': network.vpcId },
          BoolIfExists: { 'aws:ViaAWSService': 'false' },
        },
      })
