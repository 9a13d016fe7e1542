import { names } from '../../config/names.ts'
import type { NetworkSpec } from '../../config/spec.ts'
import { type PolicyDocument, policy } from './policy.ts'

type Place = Pick<NetworkSpec, 'accountId' | 'region'>

/**
 * The service, for flow logs of this account and region: without the conditions somebody else's flow log could
 * make it write here.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
 */
export const trustOfFlowLogs = ({ accountId, region }: Place): PolicyDocument =>
  policy({
    Sid: 'FlowLogs',
    Effect: 'Allow',
    Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
    Action: 'sts:AssumeRole',
    Condition: {
      StringEquals: { 'aws:SourceAccount': accountId },
      ArnLike: { 'aws:SourceArn': `arn:aws:ec2:${region}:${accountId}:vpc-flow-log/*` },
    },
  })

/** Streams of its own log group. That page also lists CreateLogGroup: the group is made by the stack. */
export const flowLogsPolicy = ({ accountId, region }: Place): PolicyDocument =>
  policy(
    {
      Sid: 'WriteFlowLog',
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      Resource: `arn:aws:logs:${region}:${accountId}:log-group:${names.flowLogGroup}:*`,
    },
    { Sid: 'FindFlowLog', Effect: 'Allow', Action: 'logs:DescribeLogGroups', Resource: '*' },
  )
