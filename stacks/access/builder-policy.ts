import { tag } from '../../config/names.ts'
import type { NetworkSpec } from '../../config/spec.ts'
import { agentChannel, machineLimits } from './machine-statements.ts'
import { type PolicyDocument, policy } from './policy.ts'

export type BuilderScope = Pick<NetworkSpec, 'accountId' | 'region' | 'state'>

/**
 * Machines that become images or are tried out: the agent's channel, and reading what a build put into the state
 * bucket for them. No other object of that bucket, no parameter, no role to become.
 */
export const builderPolicy = ({ accountId, region, state }: BuilderScope): PolicyDocument =>
  policy(
    { Sid: 'RunCommandAgent', Effect: 'Allow', Action: agentChannel, Resource: '*' },
    {
      Sid: 'ReadArtifacts',
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: `arn:aws:s3:::${state.bucket}/artifacts/*`,
    },
    {
      // The bucket encrypts with a key of its own, and S3 asks for it in the name of who reads.
      Sid: 'DecryptArtifacts',
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: `arn:aws:kms:${region}:${accountId}:key/*`,
      Condition: {
        StringEquals: {
          'kms:ViaService': `s3.${region}.amazonaws.com`,
          [`aws:ResourceTag/${tag.component}`]: 'state',
        },
      },
    },
    ...machineLimits,
  )
