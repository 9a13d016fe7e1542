import { allows, type Line, lacks } from '../row.ts'
import { arn, is } from './engineer-words.ts'

const stack = arn('cloudformation', 'stack/kiro-sandbox-bootstrap/0a1b')
const state = 'arn:aws:s3:::{state}'
const alias = arn('ssm', 'parameter/kiro-sandbox/default/image/current')
const byStack = { 'aws:CalledVia': ['cloudformation.amazonaws.com'] }
const builder = arn('ec2', 'instance/i-0b1b')
const shell = 'arn:aws:ssm:{region}::document/AWS-RunShellScript'

const looking: readonly Line[] = [
  allows('Look', 'ec2:DescribeInstances'),
  allows('Look', 'ec2:DescribeVpcEndpoints'),
  allows('Look', 'iam:ListRoles'),
  allows('Look', 'ssm:GetCommandInvocation'),
  allows('Look', 'cloudtrail:LookupEvents'),
  allows('Look', 'servicequotas:GetServiceQuota', arn('servicequotas', 'vpc/L-F678F1CE')),
  lacks('nothing', 'ec2:GetPasswordData', '{instance}'),
  lacks('nothing', 'ec2:DescribeLaunchTemplateVersions'),
  lacks('nothing', 'iam:GetAccountAuthorizationDetails'),
  lacks('nothing', 'cloudtrail:StopLogging', arn('cloudtrail', 'trail/t')),
  lacks('nothing', 'secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:s-Ab12Cd')),
  allows('ReadSessionLog', 'logs:GetLogEvents', arn('logs', 'log-group:/kiro-sandbox/sessions:log-stream:s')),
  lacks('nothing', 'logs:GetLogEvents', arn('logs', 'log-group:/payroll:log-stream:s')),
]

const stateLines: readonly Line[] = [
  allows('BootstrapStack', 'cloudformation:CreateStack', stack),
  allows('BootstrapStack', 'cloudformation:DescribeStacks', stack),
  lacks('nothing', 'cloudformation:CreateStack', arn('cloudformation', 'stack/payroll/0a1b')),
  lacks('nothing', 'cloudformation:DeleteStack', stack),
  allows('StateBucketByItsStack', 's3:CreateBucket', state, is('by CloudFormation', byStack)),
  allows('StateBucketByItsStack', 's3:PutBucketPolicy', state, is('by CloudFormation', byStack)),
  lacks('nothing', 's3:PutBucketPolicy', state, { says: 'by hand' }),
  lacks('nothing', 's3:PutBucketVersioning', state, { says: 'by hand' }),
  lacks('nothing', 's3:CreateBucket', 'arn:aws:s3:::kiro-proof-mine', is('by CloudFormation', byStack)),
  lacks('nothing', 's3:DeleteBucket', state),
  allows('LookAtStateBucket', 's3:GetBucketVersioning', state),
  allows('LookAtStateBucket', 's3:ListBucket', state),
  lacks('nothing', 's3:ListBucket', 'arn:aws:s3:::kiro-proof-payroll'),
  allows('States', 's3:PutObject', `${state}/sandbox-{user}/terraform.tfstate`),
  allows('States', 's3:DeleteObject', `${state}/sandbox-{user}/terraform.tfstate.tflock`),
  lacks('nothing', 's3:DeleteObjectVersion', `${state}/sandbox-{user}/terraform.tfstate`, {
    says: 'older states stay',
  }),
  lacks('nothing', 's3:GetObject', 'arn:aws:s3:::kiro-proof-payroll/x'),
  lacks('nothing', 's3:PutObject', 'arn:aws:s3:::kiro-sandbox-state-999999999999-{region}/x'),
]

const parameters: readonly Line[] = [
  allows('Aliases', 'ssm:PutParameter', alias),
  allows('Aliases', 'ssm:GetParametersByPath', arn('ssm', 'parameter/kiro-sandbox')),
  lacks('nothing', 'ssm:PutParameter', arn('ssm', 'parameter/payroll')),
  lacks('nothing', 'ssm:GetParameter', arn('ssm', 'parameter/payroll')),
  lacks('nothing', 'ssm:DeleteParameter', alias),
  allows('PublicParameters', 'ssm:GetParameters', 'arn:aws:ssm:{region}::parameter/aws/service/ami-x'),
]

const commands: readonly Line[] = [
  allows('RunScripts', 'ssm:SendCommand', shell),
  lacks('nothing', 'ssm:SendCommand', 'arn:aws:ssm:{region}::document/AWS-RunPatchBaseline'),
  allows('RunOnSandboxes', 'ssm:SendCommand', '{instance}', {
    ...is('tagged as a sandbox', { 'aws:ResourceTag/kiro:sandbox': '{user}' }),
  }),
  allows('RunOnBuilders', 'ssm:SendCommand', builder, {
    ...is('tagged as a builder', { 'aws:ResourceTag/kiro:component': 'image-builder' }),
  }),
  lacks('nothing', 'ssm:SendCommand', arn('ec2', 'instance/i-0payroll'), { says: 'a machine of others' }),
  lacks('nothing', 'ssm:StartSession', '{instance}', {
    ...is('sessions are for engineers', { 'aws:ResourceTag/kiro:sandbox': '{user}' }),
  }),
  lacks('nothing', 'ec2-instance-connect:SendSSHPublicKey', '{instance}', {
    ...is('so are keys', { 'aws:ResourceTag/kiro:sandbox': '{user}', 'ec2:osuser': 'kiro' }),
  }),
]

export const operatorGround: readonly Line[] = [...looking, ...stateLines, ...parameters, ...commands]
