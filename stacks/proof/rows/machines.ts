import { about, allows, denies, lacks, type Row } from '../row.ts'

const arn = (service: string, rest: string) => `arn:aws:${service}:{region}:{account}:${rest}`
const sessionLog = arn('logs', 'log-group:/kiro-sandbox/sessions:log-stream:s')
const stateKey = arn('kms', 'key/0a1b')
const imdsV1 = { says: 'credentials of IMDSv1', keys: { 'ec2:RoleDelivery': '1.0' } }

/** The agent's channel and its own two roles; everything the box does beyond is done as one of them. */
const instance = about('instance', 'instance role', [
  allows('SessionManagerAgent', 'ssm:UpdateInstanceInformation', '{instance}'),
  allows('SessionManagerAgent', 'ssmmessages:OpenDataChannel'),
  allows('SessionManagerAgent', 'ssmmessages:CreateControlChannel'),
  allows('SessionManagerAgent', 'ec2messages:GetMessages'),
  allows('SessionLog', 'logs:PutLogEvents', sessionLog),
  allows('SessionLog', 'logs:CreateLogStream', sessionLog),
  allows('FindSessionLog', 'logs:DescribeLogGroups', arn('logs', 'log-group:*')),
  lacks('nothing', 'logs:PutLogEvents', arn('logs', 'log-group:/payroll:log-stream:s'), {
    says: 'a log of others',
  }),
  lacks('nothing', 'logs:DeleteLogGroup', arn('logs', 'log-group:/kiro-sandbox/sessions')),
  lacks('nothing', 'logs:GetLogEvents', sessionLog, { says: 'sessions of others' }),
  denies('NoParameterValues', 'ssm:GetParameter', arn('ssm', 'parameter/payroll')),
  denies('NoParameterValues', 'ssm:GetParameters', arn('ssm', 'parameter/payroll')),
  denies('NoParameterValues', 'ssm:GetParametersByPath', arn('ssm', 'parameter/payroll')),
  denies('NoParameterValues', 'ssm:GetParameterHistory', arn('ssm', 'parameter/payroll')),
  lacks('nothing', 'ssm:GetParameter', 'arn:aws:ssm:{region}::parameter/aws/service/x', {
    says: 'a public one',
  }),
  lacks('nothing', 's3:GetObject', 'arn:aws:s3:::{state}/sandbox-{user}/terraform.tfstate'),
  lacks('nothing', 's3:ListAllMyBuckets'),
  lacks('nothing', 'ec2:DescribeInstances'),
  lacks('nothing', 'ec2:ModifyInstanceMetadataOptions', '{instance}', { says: 'its own metadata options' }),
  lacks('nothing', 'ssm:SendCommand', '{other instance}'),
  lacks('nothing', 'ssm:StartSession', '{other instance}'),
  lacks('nothing', 'secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:s-Ab12Cd')),
  lacks('nothing', 'iam:PutRolePolicy', '{elevated}', { says: 'opening its own window' }),
  lacks('trust', 'sts:AssumeRole', 'arn:aws:iam::999999999999:role/open', {
    says: 'a role of another account',
  }),
  denies('ImdsV2CredentialsOnly', 'ssmmessages:OpenDataChannel', '*', imdsV1),
  denies('ImdsV2CredentialsOnly', 'logs:PutLogEvents', sessionLog, imdsV1),
])

/** Machines that become images run what the internet gave them: they read their own artifacts and no more. */
const builder = about('builder', 'image builder role', [
  allows('DecryptArtifacts', 'kms:Decrypt', stateKey, {
    says: 'through S3, the key of the state',
    keys: { 'kms:ViaService': 's3.{region}.amazonaws.com', 'aws:ResourceTag/kiro:component': 'state' },
  }),
  lacks('nothing', 'kms:Decrypt', stateKey, {
    says: 'by itself',
    keys: { 'aws:ResourceTag/kiro:component': 'state' },
  }),
  lacks('nothing', 'kms:Decrypt', stateKey, {
    says: 'a key of others',
    keys: { 'kms:ViaService': 's3.{region}.amazonaws.com' },
  }),
  allows('RunCommandAgent', 'ssm:UpdateInstanceInformation', arn('ec2', 'instance/i-0b1b')),
  allows('RunCommandAgent', 'ec2messages:GetMessages'),
  allows('ReadArtifacts', 's3:GetObject', 'arn:aws:s3:::{state}/artifacts/0a1b'),
  lacks('nothing', 's3:GetObject', 'arn:aws:s3:::{state}/sandbox-{user}/terraform.tfstate'),
  lacks('nothing', 's3:GetObject', 'arn:aws:s3:::{state}/images/0a1b/lock.json'),
  lacks('nothing', 's3:PutObject', 'arn:aws:s3:::{state}/artifacts/0a1b'),
  lacks('nothing', 's3:ListBucket', 'arn:aws:s3:::{state}'),
  lacks('nothing', 's3:GetObject', 'arn:aws:s3:::kiro-proof-payroll/artifacts/x'),
  denies('NoParameterValues', 'ssm:GetParameter', arn('ssm', 'parameter/kiro-sandbox/default/image/current')),
  lacks('nothing', 'ssm:PutParameter', arn('ssm', 'parameter/kiro-sandbox/default/image/current')),
  lacks('nothing', 'ec2:CreateImage', arn('ec2', 'instance/i-0b1b')),
  lacks('nothing', 'ec2:CreateTags', 'arn:aws:ec2:{region}::image/ami-1'),
  lacks('trust', 'sts:AssumeRole', '{readonly}'),
  lacks('trust', 'sts:AssumeRole', '{elevated}'),
  denies('ImdsV2CredentialsOnly', 's3:GetObject', 'arn:aws:s3:::{state}/artifacts/0a1b', imdsV1),
])

export const machineRows: readonly Row[] = [...instance, ...builder]
