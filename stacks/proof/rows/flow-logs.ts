import { about, allows, lacks, type Row } from '../row.ts'

const arn = (service: string, rest: string) => `arn:aws:${service}:{region}:{account}:${rest}`
const stream = arn('logs', 'log-group:/kiro-sandbox/flow-logs:log-stream:eni-1')
const ours = {
  'aws:SourceAccount': '{account}',
  'aws:SourceArn': arn('ec2', 'vpc-flow-log/fl-0a1b2c3d4e5f60718'),
}

/** AWS's own service writes with it; it reads nothing and writes nowhere else. */
const role = about('flow logs', 'flow log role', [
  allows('WriteFlowLog', 'logs:PutLogEvents', stream),
  allows('WriteFlowLog', 'logs:CreateLogStream', stream),
  allows('WriteFlowLog', 'logs:DescribeLogStreams', stream),
  allows('FindFlowLog', 'logs:DescribeLogGroups', arn('logs', 'log-group:*')),
  lacks('nothing', 'logs:PutLogEvents', arn('logs', 'log-group:/kiro-sandbox/sessions:log-stream:s'), {
    says: 'the log of sessions',
  }),
  lacks('nothing', 'logs:PutLogEvents', arn('logs', 'log-group:/payroll:log-stream:s'), {
    says: 'a log of others',
  }),
  lacks('nothing', 'logs:GetLogEvents', stream),
  lacks('nothing', 'logs:DeleteLogStream', stream),
  lacks('nothing', 'ec2:DescribeInstances'),
])

const trust: readonly Row[] = [
  ...about('VPC flow logs', 'trust: flow logs of this account', [
    allows('FlowLogs', 'sts:AssumeRole', '{flow logs}', { says: 'for a flow log of ours', keys: ours }),
    lacks('service', 'sts:AssumeRole', '{flow logs}', {
      says: "for another account's flow log",
      keys: { ...ours, 'aws:SourceAccount': '999999999999' },
    }),
    lacks('service', 'sts:AssumeRole', '{flow logs}', {
      says: 'for something else of ours',
      keys: { ...ours, 'aws:SourceArn': arn('ec2', 'vpc/vpc-0a1b2c3d4e5f60718') },
    }),
  ]),
  ...about('EC2', 'trust: flow logs of this account', [
    lacks('service', 'sts:AssumeRole', '{flow logs}', { says: 'another service', keys: ours }),
  ]),
  ...about('administrator', 'trust: flow logs of this account', [
    lacks('trust', 'sts:AssumeRole', '{flow logs}', { says: 'a person' }),
  ]),
]

export const flowLogRows: readonly Row[] = [...role, ...trust]
