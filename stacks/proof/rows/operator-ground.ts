import { allows, type Line, lacks } from '../row.ts'
import { arn, is } from './engineer-words.ts'

const alias = arn('ssm', 'parameter/kiro-sandbox/default/image/current')
const builder = arn('ec2', 'instance/i-0b1b')
const shell = 'arn:aws:ssm:{region}::document/AWS-RunShellScript'

const looking: readonly Line[] = [
  allows('Look', 'ec2:DescribeInstances'),
  allows('Look', 'ec2:DescribeVpcEndpoints'),
  allows('Look', 'iam:ListRoles'),
  allows('Look', 'ssm:GetCommandInvocation'),
  allows('Look', 'cloudtrail:LookupEvents'),
  allows('Look', 'cloudtrail:ListEventDataStores'),
  allows('AskEventDataStores', 'cloudtrail:StartQuery', arn('cloudtrail', 'eventdatastore/e')),
  allows('AskEventDataStores', 'cloudtrail:DescribeQuery', arn('cloudtrail', 'eventdatastore/e')),
  allows('AskEventDataStores', 'cloudtrail:GetQueryResults', arn('cloudtrail', 'eventdatastore/e')),
  allows('AskEventDataStores', 'cloudtrail:CancelQuery', arn('cloudtrail', 'eventdatastore/e')),
  lacks('nothing', 'cloudtrail:StartQuery', arn('cloudtrail', 'dashboard/d')),
  lacks('nothing', 'cloudtrail:DeleteEventDataStore', arn('cloudtrail', 'eventdatastore/e')),
  allows('Look', 'servicequotas:GetServiceQuota', arn('servicequotas', 'vpc/L-F678F1CE')),
  lacks('nothing', 'ec2:GetPasswordData', '{instance}'),
  lacks('nothing', 'ec2:DescribeLaunchTemplateVersions'),
  lacks('nothing', 'iam:GetAccountAuthorizationDetails'),
  lacks('nothing', 'cloudtrail:StopLogging', arn('cloudtrail', 'trail/t')),
  lacks('nothing', 'secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:s-Ab12Cd')),
  allows('ReadSessionLog', 'logs:GetLogEvents', arn('logs', 'log-group:/kiro-sandbox/sessions:log-stream:s')),
  allows(
    'ReadSessionLog',
    'logs:DescribeLogStreams',
    arn('logs', 'log-group:/kiro-sandbox/sessions:log-stream:'),
  ),
  lacks('nothing', 'logs:GetLogEvents', arn('logs', 'log-group:/payroll:log-stream:s')),
  lacks('nothing', 'logs:DescribeLogStreams', arn('logs', 'log-group:/payroll:log-stream:')),
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

export const operatorGround: readonly Line[] = [...looking, ...parameters, ...commands]
