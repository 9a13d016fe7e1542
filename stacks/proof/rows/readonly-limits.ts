import { about, allows, denies, lacks, type Row, when } from '../row.ts'

const anyRole = 'arn:aws:iam::{account}:role/deploy'

const job = about('readonly', 'the job: looking at configuration', [
  allows('ReadOnlyAccess', 'ec2:DescribeInstances'),
  allows('ReadOnlyAccess', 'ec2:DescribeSecurityGroups'),
  allows(
    'ReadOnlyAccess',
    'cloudformation:DescribeStacks',
    'arn:aws:cloudformation:{region}:{account}:stack/s/1',
  ),
  allows('ReadOnlyAccess', 'cloudwatch:GetMetricData'),
  allows('ReadOnlyAccess', 'iam:ListRoles'),
  allows('ReadOnlyAccess', 'iam:GetRolePolicy', anyRole),
  allows('ReadOnlyAccess', 'ecs:DescribeServices', 'arn:aws:ecs:{region}:{account}:service/c/s'),
  allows('ReadOnlyAccess', 'logs:DescribeLogGroups', 'arn:aws:logs:{region}:{account}:log-group:*'),
  allows('ReadOnlyAccess', 'ec2:DescribeInstances', '*', {
    says: 'in another region',
    keys: { 'aws:RequestedRegion': 'eu-west-1' },
  }),
])

/** None of these needs a deny: ReadOnlyAccess does not have them, and as boundary it cannot be widened. */
const writes = about('readonly', 'no write', [
  lacks('nothing', 's3:PutObject', 'arn:aws:s3:::kiro-proof-payroll/x'),
  lacks('nothing', 's3:DeleteObject', 'arn:aws:s3:::kiro-proof-payroll/x'),
  lacks('nothing', 'ec2:RunInstances', 'arn:aws:ec2:{region}:{account}:instance/*'),
  lacks('nothing', 'ec2:TerminateInstances', '{instance}'),
  lacks('nothing', 'ec2:StopInstances', '{instance}'),
  lacks('nothing', 'ec2:ModifyInstanceAttribute', '{instance}'),
  lacks('nothing', 'ec2:AuthorizeSecurityGroupIngress', 'arn:aws:ec2:{region}:{account}:security-group/sg-1'),
  lacks('nothing', 'lambda:InvokeFunction', 'arn:aws:lambda:{region}:{account}:function:payroll'),
  lacks('nothing', 'lambda:UpdateFunctionCode', 'arn:aws:lambda:{region}:{account}:function:payroll'),
  lacks('nothing', 'dynamodb:PutItem', 'arn:aws:dynamodb:{region}:{account}:table/payroll'),
  lacks('nothing', 'ssm:PutParameter', 'arn:aws:ssm:{region}:{account}:parameter/payroll'),
  lacks('nothing', 'logs:DeleteLogGroup', 'arn:aws:logs:{region}:{account}:log-group:/kiro-sandbox/sessions'),
  lacks('nothing', 'cloudtrail:StopLogging', 'arn:aws:cloudtrail:{region}:{account}:trail/t'),
  lacks('nothing', 'kms:Decrypt'),
  lacks('nothing', 'kms:ScheduleKeyDeletion'),
])

const escalation = about('readonly', 'no way up', [
  lacks('nothing', 'iam:PutRolePolicy', '{elevated}', {
    says: 'opening its own window',
    keys: { 'iam:PermissionsBoundary': '{boundary}' },
  }),
  lacks('nothing', 'iam:PutRolePolicy', '{readonly}'),
  lacks('nothing', 'iam:AttachRolePolicy', '{readonly}'),
  lacks('nothing', 'iam:UpdateAssumeRolePolicy', '{elevated}'),
  lacks('nothing', 'iam:DeleteRolePermissionsBoundary', '{elevated}'),
  lacks('nothing', 'iam:PassRole', anyRole),
  lacks('nothing', 'iam:CreateAccessKey', 'arn:aws:iam::{account}:user/deploy'),
  lacks('nothing', 'iam:CreatePolicyVersion', '{boundary}'),
  lacks('nothing', 'ssm:StartSession', '{instance}'),
  lacks('nothing', 'ssm:SendCommand', '{other instance}'),
  lacks('nothing', 'ec2-instance-connect:SendSSHPublicKey', '{other instance}'),
  lacks('nothing', 'sso:CreateAccountAssignment'),
  lacks('nothing', 'cloudformation:CreateStack', 'arn:aws:cloudformation:{region}:{account}:stack/s/1'),
  denies('Credentials', 'sts:AssumeRole', '{other readonly}', { says: "another engineer's role" }),
  denies(
    'Credentials',
    'sts:AssumeRole',
    'arn:aws:iam::{account}:role/cdk-hnb659fds-deploy-role-{account}-{region}',
    {
      says: "CDK's deploy role",
    },
  ),
])

/** Where the session is used from; it bears no mark of its instance. */
const place = about('readonly', 'stolen credentials', [
  ...when({ says: 'at the NAT gateway', variant: 'nat-eip' }, [
    allows('ReadOnlyAccess', 'ec2:DescribeInstances'),
    denies('OnlyFromSandboxNetwork', 'ec2:DescribeInstances', '*', {
      says: 'used from elsewhere',
      keys: { 'aws:SourceIp': '198.51.100.77' },
    }),
    denies('OnlyFromSandboxNetwork', 'ec2:DescribeInstances', '*', {
      says: "used from another customer's VPC",
      keys: { 'aws:SourceIp': undefined, 'aws:SourceVpc': 'vpc-0fffffffffffffff0' },
    }),
    allows('ReadOnlyAccess', 's3:ListAllMyBuckets', '*', {
      says: 'through the S3 gateway endpoint',
      keys: { 'aws:SourceIp': undefined, 'aws:SourceVpc': '{vpc}' },
    }),
    allows('ReadOnlyAccess', 'ec2:DescribeInstances', '*', {
      says: 'by an AWS service on its behalf',
      keys: { 'aws:SourceIp': '198.51.100.77', 'aws:ViaAWSService': 'true' },
    }),
  ]),
  ...when({ says: 'through endpoints', variant: 'vpce' }, [
    allows('ReadOnlyAccess', 'ec2:DescribeInstances'),
    denies('OnlyFromSandboxNetwork', 'ec2:DescribeInstances', '*', {
      says: 'used from elsewhere',
      keys: { 'aws:SourceIp': '198.51.100.77', 'aws:SourceVpc': undefined, 'aws:VpcSourceIp': undefined },
    }),
  ]),
  allows('ReadOnlyAccess', 'ec2:DescribeInstances', '*', {
    says: 'used from elsewhere, no address in the settings: a gap that the settings close',
    variant: 'shipped',
    keys: { 'aws:SourceIp': '198.51.100.77', 'aws:SourceVpc': undefined, 'aws:VpcSourceIp': undefined },
  }),
  allows('ReadOnlyAccess', 'ec2:DescribeInstances', '*', {
    says: 'used from elsewhere, no network binding: a gap that the settings close',
    variant: 'unbound',
    keys: { 'aws:SourceIp': '198.51.100.77' },
  }),
])

export const readonlyLimits: readonly Row[] = [...job, ...writes, ...escalation, ...place]
