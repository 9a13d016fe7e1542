import { about, allows, denies, lacks, type Row, when } from '../row.ts'

const bucket = 'arn:aws:s3:::kiro-proof-team'
const at = (time: string) => ({ 'aws:CurrentTime': `2026-11-22T${time}Z` })

/** Open from 10:00 to 10:30; the tables ask at 10:15 where they say no time. */
const time = about('elevated', 'window: time', [
  lacks('nothing', 's3:CreateBucket', bucket, { says: 'never opened', window: 'none' }),
  lacks('nothing', 'ec2:DescribeRegions', '*', { says: 'never opened, not even the probe', window: 'none' }),
  lacks('nothing', 's3:CreateBucket', bucket, { says: 'one second before', keys: at('09:59:59') }),
  allows('ElevationWindow', 's3:CreateBucket', bucket, { says: 'the first second', keys: at('10:00:00') }),
  allows('ElevationWindow', 's3:CreateBucket', bucket, { says: 'in the middle' }),
  allows('ElevationWindow', 's3:CreateBucket', bucket, { says: 'the last second', keys: at('10:29:59') }),
  denies('AfterWindow', 's3:CreateBucket', bucket, { says: 'at its end', keys: at('10:30:00') }),
  denies('AfterWindow', 'ec2:DescribeRegions', '*', { says: 'a second later', keys: at('10:30:01') }),
  denies('AfterWindow', 's3:GetObject', `${bucket}/x`, {
    says: 'next year, with a session of that day',
    keys: { 'aws:CurrentTime': '2027-11-22T10:15:00Z' },
  }),
  lacks('nothing', 'ec2:RunInstances', 'arn:aws:ec2:{region}:{account}:instance/*', {
    says: 'a year before',
    keys: { 'aws:CurrentTime': '2025-11-22T10:15:00Z' },
  }),
  denies('Closed', 's3:CreateBucket', bucket, { says: 'closed by hand', window: 'closed' }),
  denies('Closed', 'ec2:DescribeRegions', '*', { says: 'closed by hand', window: 'closed' }),
  lacks('nothing', 'iam:ListRoles', '*', { says: 'one second before', keys: at('09:59:59') }),
  allows('PowerUserExtras', 'iam:ListRoles'),
  denies('AfterWindow', 'iam:ListRoles', '*', { says: 'at its end', keys: at('10:30:00') }),
])

const scope = about(
  'elevated',
  'window: scope',
  when({ says: "opened with --allow 's3:*,lambda:*'", window: 'scoped' }, [
    allows('ElevationWindow', 's3:CreateBucket', bucket),
    allows('ElevationWindow', 'lambda:CreateFunction', 'arn:aws:lambda:{region}:{account}:function:mine'),
    lacks('nothing', 'dynamodb:CreateTable', 'arn:aws:dynamodb:{region}:{account}:table/mine'),
    lacks('nothing', 'ec2:RunInstances', 'arn:aws:ec2:{region}:{account}:instance/*'),
    lacks('nothing', 'iam:ListRoles'),
    allows('Probe', 'ec2:DescribeRegions'),
    lacks('nothing', 's3:CreateBucket', bucket, { says: 'one second before', keys: at('09:59:59') }),
    lacks('nothing', 'ec2:DescribeRegions', '*', { says: 'one second before', keys: at('09:59:59') }),
    denies('AfterWindow', 's3:CreateBucket', bucket, { says: 'at its end', keys: at('10:30:00') }),
    denies('AfterWindow', 'ec2:DescribeRegions', '*', { says: 'at its end', keys: at('10:30:00') }),
    denies('NoOtherIdentity', 'sts:AssumeRole', 'arn:aws:iam::{account}:role/deploy'),
  ]),
)

/** A window somebody wrote by hand: everything, for ever. The boundary is what holds then. */
const forged = about(
  'elevated',
  'window: forged',
  when({ says: 'a window that allows everything for ever', window: 'forged' }, [
    allows('Forged', 's3:CreateBucket', bucket, { says: 'the bounds of the boundary are all there is' }),
    lacks('boundary', 'iam:CreateRole', 'arn:aws:iam::{account}:role/mine'),
    lacks('boundary', 'iam:CreateUser', 'arn:aws:iam::{account}:user/mine'),
    lacks('boundary', 'iam:CreateAccessKey', 'arn:aws:iam::{account}:user/deploy'),
    lacks('boundary', 'iam:PutRolePolicy', '{elevated}'),
    lacks('boundary', 'iam:AttachRolePolicy', '{elevated}'),
    lacks('boundary', 'iam:UpdateAssumeRolePolicy', '{elevated}'),
    lacks('boundary', 'iam:CreatePolicyVersion', '{boundary}'),
    lacks('boundary', 'iam:DeleteRolePermissionsBoundary', '{elevated}'),
    lacks('boundary', 'iam:PutRolePermissionsBoundary', '{elevated}'),
    lacks('boundary', 'iam:TagRole', '{elevated}'),
    lacks('boundary', 'iam:PassRole', 'arn:aws:iam::{account}:role/deploy'),
    lacks('boundary', 'iam:UpdateRole', '{elevated}'),
    lacks('boundary', 'iam:CreateOpenIDConnectProvider', 'arn:aws:iam::{account}:oidc-provider/example.com'),
    lacks('boundary', 'iam:CreateSAMLProvider', 'arn:aws:iam::{account}:saml-provider/p'),
    lacks('boundary', 'iam:AddUserToGroup', 'arn:aws:iam::{account}:group/admins'),
    lacks('boundary', 'organizations:LeaveOrganization'),
    lacks('boundary', 'organizations:CreateAccount'),
    lacks('boundary', 'account:CloseAccount', 'arn:aws:account::{account}:account'),
    denies('NoOtherIdentity', 'sts:AssumeRole', 'arn:aws:iam::{account}:role/deploy'),
    denies('ControlPlane', 's3:PutObject', 'arn:aws:s3:::{state}/sandbox-{user}/terraform.tfstate'),
    denies('AuditStaysOn', 'cloudtrail:StopLogging', 'arn:aws:cloudtrail:{region}:{account}:trail/t'),
    denies('RegionLock', 'ec2:RunInstances', 'arn:aws:ec2:eu-west-1:{account}:instance/*', {
      says: 'in another region',
      keys: { 'aws:RequestedRegion': 'eu-west-1' },
    }),
  ]),
)

const place = about('elevated', 'stolen credentials', [
  ...when({ says: 'at the NAT gateway', variant: 'nat-eip' }, [
    allows('ElevationWindow', 's3:CreateBucket', bucket),
    denies('OnlyFromSandboxNetwork', 's3:CreateBucket', bucket, {
      says: 'used from elsewhere',
      keys: { 'aws:SourceIp': '198.51.100.77' },
    }),
    denies('OnlyFromSandboxNetwork', 's3:CreateBucket', bucket, {
      says: "used from another customer's VPC",
      keys: { 'aws:SourceIp': undefined, 'aws:SourceVpc': 'vpc-0fffffffffffffff0' },
    }),
    denies('OnlyFromSandboxNetwork', 's3:CreateBucket', bucket, {
      says: 'used from elsewhere, forged window',
      window: 'forged',
      keys: { 'aws:SourceIp': '198.51.100.77' },
    }),
    allows('ElevationWindow', 'ec2:CreateVolume', 'arn:aws:ec2:{region}:{account}:volume/*', {
      says: 'by CloudFormation on its behalf',
      keys: { 'aws:SourceIp': '198.51.100.77', 'aws:ViaAWSService': 'true' },
    }),
  ]),
  ...when({ says: 'through endpoints', variant: 'vpce' }, [
    allows('ElevationWindow', 's3:CreateBucket', bucket),
    denies('OnlyFromSandboxNetwork', 's3:CreateBucket', bucket, {
      says: 'used from elsewhere',
      keys: { 'aws:SourceIp': '198.51.100.77', 'aws:SourceVpc': undefined, 'aws:VpcSourceIp': undefined },
    }),
  ]),
  allows('ElevationWindow', 's3:CreateBucket', bucket, {
    says: 'used from elsewhere, no address in the settings: a gap that the settings close',
    variant: 'shipped',
    keys: { 'aws:SourceIp': '198.51.100.77', 'aws:SourceVpc': undefined, 'aws:VpcSourceIp': undefined },
  }),
])

export const elevatedWindow: readonly Row[] = [...time, ...scope, ...forged, ...place]
