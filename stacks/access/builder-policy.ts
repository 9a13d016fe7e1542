import type { NetworkSpec } from '../../config/spec.ts'
import { agentChannel, machineLimits } from './machine-statements.ts'
import { type PolicyDocument, policy } from './policy.ts'

/**
 * Machines that become images or are tried out: the agent's channel, and reading what a build put into the state
 * bucket for them. No other object of that bucket, no parameter, no role to become.
 */
export const builderPolicy = ({ state }: Pick<NetworkSpec, 'state'>): PolicyDocument =>
  policy(
    { Sid: 'RunCommandAgent', Effect: 'Allow', Action: agentChannel, Resource: '*' },
    {
      Sid: 'ReadArtifacts',
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: `arn:aws:s3:::${state.bucket}/artifacts/*`,
    },
    ...machineLimits,
  )
