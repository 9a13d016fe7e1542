import { names } from '../../../config/names.ts'
import type { Statement } from '../policy.ts'
import { arnsOf, type OperatorScope, ofImages, ofSandbox } from './scope.ts'

/** Most reads of EC2 know no resources. User data, of which DescribeInstanceAttribute tells, has no secrets of ours. */
const looks = [
  'cloudtrail:ListEventDataStores',
  'cloudtrail:LookupEvents',
  'ec2:DescribeAvailabilityZones',
  'ec2:DescribeImages',
  'ec2:DescribeInstance*',
  'ec2:DescribeNatGateways',
  'ec2:DescribeNetwork*',
  'ec2:DescribePrefixLists',
  'ec2:DescribeRegions',
  'ec2:DescribeRouteTables',
  'ec2:DescribeSecurityGroup*',
  'ec2:DescribeSnapshots',
  'ec2:DescribeSubnets',
  'ec2:DescribeTags',
  'ec2:DescribeVolumes*',
  'ec2:DescribeVpc*',
  'iam:ListRoles',
  'logs:DescribeLogGroups',
  'servicequotas:GetServiceQuota',
  'ssm:DescribeInstanceInformation',
  'ssm:DescribeSessions',
  'ssm:GetCommandInvocation',
  'ssm:ListDocuments',
] as const

const parameters = (scope: OperatorScope): readonly Statement[] => [
  {
    Sid: 'Aliases',
    Effect: 'Allow',
    Action: ['ssm:GetParameter*', 'ssm:PutParameter'],
    Resource: arnsOf(scope, 'ssm')(`parameter${names.parameterRoot}`, `parameter${names.parameterRoot}/*`),
  },
  {
    Sid: 'PublicParameters',
    Effect: 'Allow',
    Action: ['ssm:GetParameter', 'ssm:GetParameters'],
    Resource: `arn:aws:ssm:${scope.region}::parameter/aws/service/*`,
  },
]

/** A command needs the document and the machine; tags belong to the machine alone. */
const commands = (scope: OperatorScope): readonly Statement[] => [
  {
    Sid: 'RunScripts',
    Effect: 'Allow',
    Action: 'ssm:SendCommand',
    Resource: `arn:aws:ssm:${scope.region}::document/AWS-RunShellScript`,
  },
  {
    Sid: 'RunOnSandboxes',
    Effect: 'Allow',
    Action: 'ssm:SendCommand',
    Resource: arnsOf(scope, 'ec2')('instance/*'),
    Condition: ofSandbox,
  },
  {
    Sid: 'RunOnBuilders',
    Effect: 'Allow',
    Action: 'ssm:SendCommand',
    Resource: arnsOf(scope, 'ec2')('instance/*'),
    Condition: ofImages,
  },
]

/** What every command of the operator stands on: looking, image aliases, Run Command. */
export const groundRights = (scope: OperatorScope): readonly Statement[] => [
  { Sid: 'Look', Effect: 'Allow', Action: looks, Resource: '*' },
  ...parameters(scope),
  ...commands(scope),
  {
    // A store may be at home in another region. One with a key of KMS also wants kms:Decrypt and kms:GenerateDataKey.
    Sid: 'AskEventDataStores',
    Effect: 'Allow',
    Action: ['CancelQuery', 'DescribeQuery', 'GetQueryResults', 'StartQuery'].map(
      (one) => `cloudtrail:${one}`,
    ),
    Resource: `arn:aws:cloudtrail:*:${scope.accountId}:eventdatastore/*`,
  },
  {
    Sid: 'ReadSessionLog',
    Effect: 'Allow',
    Action: ['logs:DescribeLogStreams', 'logs:FilterLogEvents', 'logs:GetLogEvents'],
    Resource: arnsOf(scope, 'logs')(`log-group:${names.sessionLogGroup}:*`),
  },
]
