import { names } from '../../config/names.ts'
import type { SandboxSpec } from '../../config/spec.ts'
import { agentChannel, machineLimits } from './machine-statements.ts'
import { type PolicyDocument, policy } from './policy.ts'

/** The instance role: the agent's channel, its session log and its own two roles, nothing else. */
export const instancePolicy = ({ accountId, region, user, elevation }: SandboxSpec): PolicyDocument =>
  policy(
    { Sid: 'SessionManagerAgent', Effect: 'Allow', Action: agentChannel, Resource: '*' },
    {
      // The agent streams what sessions show into the log group that the session document names.
      Sid: 'SessionLog',
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      Resource: `arn:aws:logs:${region}:${accountId}:log-group:${names.sessionLogGroup}:*`,
    },
    { Sid: 'FindSessionLog', Effect: 'Allow', Action: 'logs:DescribeLogGroups', Resource: '*' },
    {
      Sid: 'OwnRolesOnly',
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      // Where sessions are handed over, the machine makes none of its own.
      Resource: [
        names.readonlyRole(user),
        ...(elevation.mode === 'push' ? [] : [names.elevatedRole(user)]),
      ].map((role) => `arn:aws:iam::${accountId}:role/${role}`),
    },
    ...machineLimits,
  )
