import { about, allows, denies, lacks, type Row, when } from '../row.ts'

const instanceWithRole = 'arn:aws:ec2:{region}:{account}:instance/i-0cccccccccccccccc'
const profile = { 'ec2:InstanceProfile': 'arn:aws:iam::{account}:instance-profile/deploy' }
const service = (name: string, rest: string) => `arn:aws:${name}:{region}:{account}:${rest}`

/** Numbers are those of pathfinding.cloud, a catalogue of escalation paths. https://pathfinding.cloud/paths */
const identity = about('elevated', 'escalation: another identity', [
  denies('NoOtherIdentity', 'sts:AssumeRole', 'arn:aws:iam::{account}:role/deploy', { says: 'sts-001' }),
  denies(
    'NoOtherIdentity',
    'sts:AssumeRole',
    'arn:aws:iam::{account}:role/cdk-hnb659fds-deploy-role-{account}-{region}',
    {
      says: "CDK's deploy role, which leads to AdministratorAccess",
    },
  ),
  denies('NoOtherIdentity', 'sts:AssumeRole', '{readonly}'),
  denies('NoOtherIdentity', 'sts:AssumeRole', '{other elevated}', { says: "another engineer's role" }),
  denies('NoOtherIdentity', 'sts:AssumeRole', '{builder}'),
  denies('NoOtherIdentity', 'sts:AssumeRoot', 'arn:aws:iam::{account}:root'),
  denies('NoOtherIdentity', 'sts:GetFederationToken', 'arn:aws:sts::{account}:federated-user/x'),
  denies('NoOtherIdentity', 'sso:CreateAccountAssignment'),
  denies('NoOtherIdentity', 'sso:PutInlinePolicyToPermissionSet'),
  denies('NoOtherIdentity', 'sso:AttachManagedPolicyToPermissionSet'),
  denies('NoOtherIdentity', 'identitystore:CreateGroupMembership'),
  denies('NoOtherIdentity', 'sso-directory:AddMemberToGroup'),
  denies('NoOtherIdentity', 'rolesanywhere:CreateTrustAnchor'),
  denies('NoOtherIdentity', 'ram:CreateResourceShare', service('ram', 'resource-share/*')),
  denies('NoOtherIdentity', 'controltower:EnableControl'),
  denies('NoOtherIdentity', 'ssm:GetAccessToken', service('ssm', 'opsitem/oi-1')),
  lacks('nothing', 'iam:PassRole', 'arn:aws:iam::{account}:role/deploy', { says: 'all paths with PassRole' }),
  lacks('nothing', 'iam:CreateAccessKey', 'arn:aws:iam::{account}:user/deploy', { says: 'iam-002' }),
  lacks('nothing', 'iam:CreateLoginProfile', 'arn:aws:iam::{account}:user/deploy', { says: 'iam-004' }),
  lacks('nothing', 'iam:PutRolePolicy', '{elevated}', { says: 'iam-005' }),
  lacks('nothing', 'iam:AttachRolePolicy', '{elevated}', { says: 'iam-009' }),
  lacks('nothing', 'iam:CreatePolicyVersion', '{boundary}', { says: 'iam-001' }),
  lacks('nothing', 'iam:UpdateAssumeRolePolicy', 'arn:aws:iam::{account}:role/deploy', { says: 'iam-012' }),
  lacks('nothing', 'iam:DeleteRolePermissionsBoundary', '{elevated}', { says: 'boundary removal' }),
  lacks('nothing', 'iam:PutRolePermissionsBoundary', '{elevated}', { says: 'boundary replaced' }),
])

const compute = about('elevated', "escalation: a machine's identity", [
  denies('NoOtherComputeIdentity', 'ssm:StartSession', instanceWithRole, { says: 'ssm-001' }),
  denies('NoOtherComputeIdentity', 'ssm:SendCommand', instanceWithRole, { says: 'ssm-002' }),
  denies('NoOtherComputeIdentity', 'ssm:ResumeSession', service('ssm', 'session/s')),
  denies('NoOtherComputeIdentity', 'ssm:StartAutomationExecution', service('ssm', 'automation-execution/*')),
  denies('NoOtherComputeIdentity', 'ssm:CreateAssociation', instanceWithRole),
  denies('NoOtherComputeIdentity', 'ssm:UpdateAssociation', service('ssm', 'association/a')),
  denies(
    'NoOtherComputeIdentity',
    'ssm:RegisterTaskWithMaintenanceWindow',
    service('ssm', 'maintenancewindow/m'),
  ),
  denies('NoOtherComputeIdentity', 'ec2-instance-connect:SendSSHPublicKey', instanceWithRole, {
    says: 'ec2-003',
  }),
  denies('NoOtherComputeIdentity', 'ec2-instance-connect:SendSerialConsoleSSHPublicKey', instanceWithRole),
  denies(
    'NoOtherComputeIdentity',
    'ec2-instance-connect:OpenTunnel',
    service('ec2', 'instance-connect-endpoint/e'),
  ),
  denies('NoOtherComputeIdentity', 'ec2:EnableSerialConsoleAccess'),
  denies('NoOtherComputeIdentity', 'ecs:ExecuteCommand', service('ecs', 'task/c/t')),
  denies('NoOtherComputeIdentity', 'codebuild:StartBuild', service('codebuild', 'project/p'), {
    says: 'codebuild-002',
  }),
  denies('NoOtherComputeIdentity', 'codebuild:StartBuildBatch', service('codebuild', 'project/p'), {
    says: 'codebuild-003',
  }),
  denies('NoOtherComputeIdentity', 'codebuild:UpdateProject', service('codebuild', 'project/p')),
  denies('NoOtherComputeIdentity', 'glue:UpdateDevEndpoint', service('glue', 'devEndpoint/d'), {
    says: 'glue-002',
  }),
  denies(
    'NoOtherComputeIdentity',
    'sagemaker:CreatePresignedNotebookInstanceUrl',
    service('sagemaker', 'notebook-instance/n'),
    {
      says: 'sagemaker-004',
    },
  ),
  denies(
    'NoOtherComputeIdentity',
    'sagemaker:UpdateNotebookInstance',
    service('sagemaker', 'notebook-instance/n'),
    {
      says: 'sagemaker-005',
    },
  ),
  denies(
    'NoOtherComputeIdentity',
    'elasticmapreduce:AddJobFlowSteps',
    service('elasticmapreduce', 'cluster/c'),
  ),
  denies(
    'NoOtherComputeIdentity',
    'datapipeline:PutPipelineDefinition',
    service('datapipeline', 'pipeline/p'),
  ),
  denies(
    'NoOtherComputeIdentity',
    'bedrock-agentcore:InvokeCodeInterpreter',
    service('bedrock-agentcore', 'code-interpreter/c'),
    {
      says: 'bedrock-002',
    },
  ),
  denies('NoOtherComputeIdentity', 'cloud9:CreateEnvironmentEC2'),
])

const hijack = about('elevated', 'escalation: what an instance runs', [
  ...when({ says: 'ec2-002, an instance with a role', keys: profile }, [
    denies('NoHijackOfInstancesWithARole', 'ec2:ModifyInstanceAttribute', instanceWithRole),
    denies('NoHijackOfInstancesWithARole', 'ec2:CreateReplaceRootVolumeTask', instanceWithRole),
    denies('NoHijackOfInstancesWithARole', 'ec2:AttachVolume', instanceWithRole),
    denies('NoHijackOfInstancesWithARole', 'ec2:ModifyInstanceMetadataOptions', instanceWithRole),
  ]),
  ...when({ says: 'an instance without a role' }, [
    allows('ElevationWindow', 'ec2:ModifyInstanceAttribute', instanceWithRole),
    allows('ElevationWindow', 'ec2:AttachVolume', instanceWithRole),
  ]),
])

/** The job: what is possible in a window although it may lead to a role. The strict mode takes it back. */
const others = about('elevated', 'escalation: code of others', [
  ...when({ says: 'as shipped: the job of an elevated role', variant: 'shipped' }, [
    allows('ElevationWindow', 'lambda:UpdateFunctionCode', service('lambda', 'function:f')),
    allows('ElevationWindow', 'cloudformation:UpdateStack', service('cloudformation', 'stack/s/1')),
    allows('ElevationWindow', 'states:UpdateStateMachine', service('states', 'stateMachine:m')),
    allows('ElevationWindow', 'secretsmanager:GetSecretValue', service('secretsmanager', 'secret:s-Ab12Cd')),
    allows('ElevationWindow', 'ssm:GetParameter', service('ssm', 'parameter/payroll')),
  ]),
  ...when({ says: 'strict', variant: 'strict' }, [
    denies('CodeOfOthers', 'lambda:UpdateFunctionCode', service('lambda', 'function:f')),
    denies('CodeOfOthers', 'lambda:UpdateFunctionConfiguration', service('lambda', 'function:f')),
    denies('CodeOfOthers', 'cloudformation:UpdateStack', service('cloudformation', 'stack/s/1')),
    denies('CodeOfOthers', 'cloudformation:ExecuteChangeSet', service('cloudformation', 'stack/s/1')),
    denies('CodeOfOthers', 'states:UpdateStateMachine', service('states', 'stateMachine:m')),
    denies('CodeOfOthers', 'batch:SubmitJob', service('batch', 'job-definition/j')),
    denies('CodeOfOthers', 'ecs:RunTask', service('ecs', 'task-definition/t:1')),
    denies('CodeOfOthers', 'ec2:CreateLaunchTemplateVersion', service('ec2', 'launch-template/lt-1')),
    denies('CodeOfOthers', 'lambda:UpdateFunctionCode', service('lambda', 'function:f'), {
      says: 'tagged kiro:editable = false',
      keys: { 'aws:ResourceTag/kiro:editable': 'false' },
    }),
    allows('ElevationWindow', 'lambda:UpdateFunctionCode', service('lambda', 'function:f'), {
      says: 'tagged kiro:editable = true',
      keys: { 'aws:ResourceTag/kiro:editable': 'true' },
    }),
    denies('NoForgedTags', 'lambda:TagResource', service('lambda', 'function:f'), {
      says: 'setting kiro:editable itself',
      keys: { 'aws:TagKeys': ['kiro:editable'], 'aws:RequestTag/kiro:editable': 'true' },
    }),
    denies('SecretValues', 'secretsmanager:GetSecretValue', service('secretsmanager', 'secret:s-Ab12Cd')),
    denies('SecretValues', 'ssm:GetParameter', service('ssm', 'parameter/payroll')),
    denies('SecretValues', 'ssm:GetParametersByPath', service('ssm', 'parameter/payroll')),
    allows('ElevationWindow', 'ssm:GetParameter', 'arn:aws:ssm:{region}::parameter/aws/service/x'),
    allows('ElevationWindow', 'lambda:CreateFunction', service('lambda', 'function:mine')),
  ]),
])

export const elevatedEscalation: readonly Row[] = [...identity, ...compute, ...hijack, ...others]
