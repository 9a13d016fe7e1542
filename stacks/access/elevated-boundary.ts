import { names, tag } from '../../config/names.ts'
import type { SandboxSpec } from '../../config/spec.ts'
import { type PolicyDocument, policy, type Statement } from './policy.ts'
import { outOfReach } from './power-user.ts'

/** Ways to become somebody else who is stronger. */
const otherIdentities = [
  'sts:AssumeRole',
  'sts:AssumeRoot',
  'sts:GetFederationToken',
  'sso:*',
  'sso-directory:*',
  'identitystore:*',
  'identity-sync:*',
  'rolesanywhere:*',
  'ram:*',
  'controltower:*',
  'ssm:GetAccessToken',
  'ssm:StartAccessRequest',
] as const

/** Ways to run code on a machine or job that holds another role. */
const otherCompute = [
  'ec2-instance-connect:*',
  'ssm:StartSession',
  'ssm:ResumeSession',
  'ssm:TerminateSession',
  'ssm:SendCommand',
  'ssm:StartAutomationExecution',
  'ssm:StartChangeRequestExecution',
  'ssm:*Association*',
  'ssm:RegisterTaskWithMaintenanceWindow',
  'ssm:UpdateMaintenanceWindow*',
  'ssm-guiconnect:*',
  'ecs:ExecuteCommand',
  'codebuild:StartBuild*',
  'codebuild:RetryBuild*',
  'codebuild:UpdateProject',
  'codebuild:StartSandbox*',
  'glue:UpdateDevEndpoint',
  'glue:RunStatement',
  'sagemaker:CreatePresigned*',
  'sagemaker:StartSession',
  'sagemaker:UpdateNotebookInstance*',
  'sagemaker:*NotebookInstanceLifecycleConfig',
  'elasticmapreduce:AddJobFlowSteps',
  'datapipeline:PutPipelineDefinition',
  'bedrock-agentcore:*CodeInterpreter*',
  'cloud9:Create*',
  'ec2:EnableSerialConsoleAccess',
] as const

/** Ways to change what runs on an instance that already has a role. */
const instanceHijack = [
  'ec2:ModifyInstanceAttribute',
  'ec2:CreateReplaceRootVolumeTask',
  'ec2:AttachVolume',
  'ec2:ModifyInstanceMetadataOptions',
] as const

/** Services that read kiro:sandbox as aws:ResourceTag. S3 does not by default, so buckets are named by ARN. */
const taggedServices = [
  'ec2:*',
  'kms:*',
  'logs:*',
  'ssm:*',
  'events:*',
  'sns:*',
  'lambda:*',
  'dynamodb:*',
] as const

/** Audit and account guardrails stay as the administrators set them. */
const audit = [
  'cloudtrail:Delete*',
  'cloudtrail:Put*',
  'cloudtrail:Stop*',
  'cloudtrail:Update*',
  'config:Delete*',
  'config:Put*',
  'config:Stop*',
  'guardduty:Create*',
  'guardduty:Delete*',
  'guardduty:Disassociate*',
  'guardduty:Stop*',
  'guardduty:Update*',
  'securityhub:*Disable*',
  'securityhub:Delete*',
  'access-analyzer:Delete*',
  'inspector2:Disable*',
  'macie2:Disable*',
  'detective:Delete*',
  'ec2:DeleteFlowLogs',
  'ec2:DisableEbsEncryptionByDefault',
  'ec2:DisableImageBlockPublicAccess',
  'ec2:DisableSnapshotBlockPublicAccess',
  'ec2:ModifyInstanceMetadataDefaults',
  'ec2:ModifyVpcBlockPublicAccess*',
  's3:PutAccountPublicAccessBlock',
  // A subscription has no tags, and calls about it need not name its topic: nothing tells those of alerts from others.
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
  'sns:SetSubscriptionAttributes',
  'sns:Unsubscribe',
  'logs:DeleteResourcePolicy',
  'logs:PutResourcePolicy',
] as const

/** What cannot be undone, or costs money for years. */
const irreversible = [
  'kms:ScheduleKeyDeletion',
  'kms:DeleteImportedKeyMaterial',
  'kms:PutKeyPolicy',
  'kms:CreateGrant',
  'backup:Delete*',
  'backup:PutBackupVaultLockConfiguration',
  's3:BypassGovernanceRetention',
  'route53domains:*',
  'savingsplans:Create*',
  'ec2:Purchase*',
  'rds:Purchase*',
  'outposts:Create*',
  'aws-marketplace:*',
] as const

/** Services without a region of their own. */
const globalServices = [
  'a4b:*',
  'account:*',
  'artifact:*',
  'aws-portal:*',
  'billing:*',
  'budgets:*',
  'ce:*',
  'cloudfront:*',
  'consolidatedbilling:*',
  'cur:*',
  'freetier:*',
  'globalaccelerator:*',
  'health:*',
  'iam:*',
  'networkmanager:*',
  'organizations:*',
  'pricing:*',
  'resource-explorer-2:*',
  'route53:*',
  's3:GetAccountPublicAccessBlock',
  's3:ListAllMyBuckets',
  'shield:*',
  'sts:*',
  'support:*',
  'tag:*',
  'trustedadvisor:*',
  'waf:*',
  'wafv2:*',
] as const

const ceiling: readonly Statement[] = [
  // NotAction instead of '*': the rest of IAM, Organizations and Account stays out of reach for good.
  { Sid: 'Ceiling', Effect: 'Allow', NotAction: outOfReach, Resource: '*' },
  {
    Sid: 'IamRead',
    Effect: 'Allow',
    Action: [
      'iam:Get*',
      'iam:List*',
      'iam:Simulate*',
      'iam:CreateServiceLinkedRole',
      'organizations:DescribeOrganization',
      'account:ListRegions',
    ],
    Resource: '*',
  },
]

/** What of a spec says which things are ours. */
export type BoundaryScope = Pick<SandboxSpec, 'accountId' | 'region' | 'state'>

const controlPlane = ({ accountId, region, state }: BoundaryScope): readonly string[] => [
  // With its objects and the bucket of its access log.
  `arn:aws:s3:::${state.bucket}*`,
  `arn:aws:ssm:*:${accountId}:document/kiro-*`,
  `arn:aws:ssm:*:${accountId}:document/SSM-SessionManagerRunShell`,
  `arn:aws:ssm:*:${accountId}:parameter${names.parameterRoot}/*`,
  `arn:aws:ssm:*:${accountId}:servicesetting/*`,
  `arn:aws:logs:*:${accountId}:log-group:/kiro-sandbox/*`,
  `arn:aws:logs:*:${accountId}:log-group:${names.alerts.logGroup}*`,
  `arn:aws:events:*:${accountId}:rule/kiro-*`,
  `arn:aws:sns:*:${accountId}:${names.alerts.topic}`,
  `arn:aws:cloudformation:${region}:${accountId}:stack/${names.bootstrapStack}/*`,
]

/**
 * Permissions boundary of the elevated role: the most it can ever do, whatever policy is attached to it. The
 * role itself has no permission until a window is opened from outside the box.
 */
export const elevatedBoundary = (spec: BoundaryScope): PolicyDocument =>
  policy(
    ...ceiling,
    { Sid: 'NoOtherIdentity', Effect: 'Deny', Action: otherIdentities, Resource: '*' },
    { Sid: 'NoOtherComputeIdentity', Effect: 'Deny', Action: otherCompute, Resource: '*' },
    {
      Sid: 'NoHijackOfInstancesWithARole',
      Effect: 'Deny',
      Action: instanceHijack,
      Resource: 'arn:aws:ec2:*:*:instance/*',
      Condition: { ArnLike: { 'ec2:InstanceProfile': 'arn:aws:iam::*:instance-profile/*' } },
    },
    {
      Sid: 'SandboxesAreOffLimits',
      Effect: 'Deny',
      Action: taggedServices,
      Resource: '*',
      Condition: { Null: { 'aws:ResourceTag/kiro:sandbox': 'false' } },
    },
    {
      // Golden images, their snapshots and the machines they are made on.
      Sid: 'ImagesAreOffLimits',
      Effect: 'Deny',
      Action: 'ec2:*',
      Resource: '*',
      Condition: { Null: { [`aws:ResourceTag/${tag.build}`]: 'false' } },
    },
    {
      Sid: 'NoForgedTags',
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { 'ForAnyValue:StringLike': { 'aws:TagKeys': ['kiro:*'] } },
    },
    { Sid: 'ControlPlane', Effect: 'Deny', Action: '*', Resource: controlPlane(spec) },
    { Sid: 'AuditStaysOn', Effect: 'Deny', Action: audit, Resource: '*' },
    {
      Sid: 'Irreversible',
      Effect: 'Deny',
      Action: irreversible,
      Resource: '*',
      // AWS services need grants on keys to attach encrypted volumes; people do not.
      Condition: { BoolIfExists: { 'kms:GrantIsForAWSResource': 'false' } },
    },
    {
      // Calls through AWS's managed MCP server come from AWS's network, past every binding to this box.
      Sid: 'NoManagedMcp',
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { Bool: { 'aws:ViaAWSMCPService': 'true' } },
    },
    {
      Sid: 'RegionLock',
      Effect: 'Deny',
      NotAction: globalServices,
      Resource: '*',
      Condition: { StringNotEquals: { 'aws:RequestedRegion': [spec.region] } },
    },
  )
