import { names } from '../../../config/names.ts'
import type { Statement } from '../policy.ts'
import { arnsOf, type OperatorScope, ofImages, ofSandbox, stateBucketArn } from './scope.ts'

/** Most reads of EC2 know no resources. User data, of which DescribeInstanceAttribute tells, has no secrets of ours. */
const looks = [
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

/** What CloudFormation does to the bucket, it does with the rights of whoever called it. */
const bucketSettings = [
  's3:CreateBucket',
  's3:PutBucketOwnershipControls',
  's3:PutBucketPolicy',
  's3:PutBucketPublicAccessBlock',
  's3:PutBucketTagging',
  's3:PutBucketVersioning',
  's3:PutEncryptionConfiguration',
  's3:PutLifecycleConfiguration',
] as const

const stateBucket = (scope: OperatorScope): readonly Statement[] => [
  {
    Sid: 'BootstrapStack',
    Effect: 'Allow',
    Action: ['cloudformation:CreateStack', 'cloudformation:DescribeStack*'],
    Resource: arnsOf(scope, 'cloudformation')(`stack/${names.bootstrapStack}/*`),
  },
  {
    // By hand nobody weakens the bucket that holds every state.
    Sid: 'StateBucketByItsStack',
    Effect: 'Allow',
    Action: bucketSettings,
    Resource: stateBucketArn(scope),
    Condition: { 'ForAnyValue:StringEquals': { 'aws:CalledVia': 'cloudformation.amazonaws.com' } },
  },
  {
    Sid: 'LookAtStateBucket',
    Effect: 'Allow',
    Action: [
      's3:GetBucket*',
      's3:GetEncryptionConfiguration',
      's3:GetLifecycleConfiguration',
      's3:ListBucket',
    ],
    Resource: stateBucketArn(scope),
  },
  {
    Sid: 'States',
    Effect: 'Allow',
    Action: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
    Resource: `${stateBucketArn(scope)}/*`,
  },
]

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

/** What every command of the operator stands on: looking, the state, image aliases, Run Command. */
export const groundRights = (scope: OperatorScope): readonly Statement[] => [
  { Sid: 'Look', Effect: 'Allow', Action: looks, Resource: '*' },
  ...stateBucket(scope),
  ...parameters(scope),
  ...commands(scope),
  {
    Sid: 'ReadSessionLog',
    Effect: 'Allow',
    Action: ['logs:FilterLogEvents', 'logs:GetLogEvents'],
    Resource: arnsOf(scope, 'logs')(`log-group:${names.sessionLogGroup}:*`),
  },
]
