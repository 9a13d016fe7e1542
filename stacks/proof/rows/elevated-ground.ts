import { about, allows, denies, type Row, when } from '../row.ts'

const arn = (service: string, rest: string) => `arn:aws:${service}:{region}:{account}:${rest}`
const ofSandbox = { 'aws:ResourceTag/kiro:sandbox': '{other}' }
const ofBuild = { 'aws:ResourceTag/kiro:build': 'b-1' }

const job = about(
  'elevated',
  'the job: building things',
  when({ says: 'inside a window', variant: 'shipped' }, [
    allows('ElevationWindow', 'ec2:RunInstances', arn('ec2', 'instance/*')),
    allows('ElevationWindow', 'ec2:TerminateInstances', arn('ec2', 'instance/i-0mine')),
    allows('ElevationWindow', 'dynamodb:DeleteTable', arn('dynamodb', 'table/mine')),
    allows('ElevationWindow', 'cloudformation:CreateStack', arn('cloudformation', 'stack/s/1')),
    allows('ElevationWindow', 'kms:Decrypt', arn('kms', 'key/k')),
    allows('ElevationWindow', 'route53:ChangeResourceRecordSets', 'arn:aws:route53:::hostedzone/z', {
      says: 'a global service',
      keys: { 'aws:RequestedRegion': 'us-east-1' },
    }),
    allows(
      'PowerUserExtras',
      'iam:CreateServiceLinkedRole',
      'arn:aws:iam::{account}:role/aws-service-role/x',
    ),
    allows('PowerUserExtras', 'organizations:DescribeOrganization'),
    allows('ElevationWindow', 'kms:CreateGrant', arn('kms', 'key/k'), {
      says: 'for a volume, by EC2',
      keys: { 'kms:GrantIsForAWSResource': 'true' },
    }),
  ]),
)

const sandboxes = about('elevated', 'sandboxes are off limits', [
  ...when({ says: 'tagged as a sandbox', keys: ofSandbox }, [
    denies('SandboxesAreOffLimits', 'ec2:TerminateInstances', '{other instance}'),
    denies('SandboxesAreOffLimits', 'ec2:StopInstances', '{other instance}'),
    denies('SandboxesAreOffLimits', 'ec2:CreateImage', '{other instance}'),
    denies('SandboxesAreOffLimits', 'ec2:CreateSnapshot', arn('ec2', 'volume/v')),
    denies('SandboxesAreOffLimits', 'ec2:AuthorizeSecurityGroupIngress', arn('ec2', 'security-group/sg-1')),
    denies('SandboxesAreOffLimits', 'ec2:DeleteTags', '{other instance}'),
    denies('SandboxesAreOffLimits', 'logs:DeleteLogGroup', arn('logs', 'log-group:/elsewhere')),
    denies('SandboxesAreOffLimits', 'kms:DisableKey', arn('kms', 'key/k')),
    denies('SandboxesAreOffLimits', 'sns:DeleteTopic', arn('sns', 't')),
    denies('SandboxesAreOffLimits', 'lambda:DeleteFunction', arn('lambda', 'function:f')),
    denies('SandboxesAreOffLimits', 'dynamodb:DeleteTable', arn('dynamodb', 'table/t')),
  ]),
  denies('SandboxesAreOffLimits', 'ec2:TerminateInstances', '{instance}', {
    says: 'its own machine',
    keys: { 'aws:ResourceTag/kiro:sandbox': '{user}' },
  }),
  ...when({ says: 'tagged as part of a build', keys: ofBuild }, [
    denies('ImagesAreOffLimits', 'ec2:DeregisterImage', 'arn:aws:ec2:{region}::image/ami-1'),
    denies('ImagesAreOffLimits', 'ec2:DeleteSnapshot', 'arn:aws:ec2:{region}::snapshot/snap-1'),
    denies('ImagesAreOffLimits', 'ec2:ModifyImageAttribute', 'arn:aws:ec2:{region}::image/ami-1'),
    denies('ImagesAreOffLimits', 'ec2:TerminateInstances', arn('ec2', 'instance/i-builder')),
  ]),
])

const forged = about('elevated', 'forged tags', [
  denies('NoForgedTags', 'ec2:CreateTags', arn('ec2', 'instance/i-0mine'), {
    says: 'becoming the owner',
    keys: { 'aws:TagKeys': ['kiro:owner'], 'aws:RequestTag/kiro:owner': '{other}' },
  }),
  denies('NoForgedTags', 'ec2:RunInstances', arn('ec2', 'instance/*'), {
    says: 'a machine that looks like a sandbox',
    keys: { 'aws:TagKeys': ['Name', 'kiro:sandbox'], 'aws:RequestTag/kiro:sandbox': '{other}' },
  }),
  denies('NoForgedTags', 's3:CreateBucket', 'arn:aws:s3:::kiro-proof-team', {
    says: 'a bucket tagged kiro:component',
    keys: { 'aws:TagKeys': ['kiro:component'] },
  }),
  denies('NoForgedTags', 'ec2:DeleteTags', arn('ec2', 'instance/i-0mine'), {
    says: 'taking kiro:owner away',
    keys: { 'aws:TagKeys': ['kiro:owner'] },
  }),
  denies('NoForgedTags', 'ec2:CreateTags', 'arn:aws:ec2:{region}::image/ami-1', {
    says: 'calling an image verified',
    keys: { 'aws:TagKeys': ['kiro:image-state'] },
  }),
  allows('ElevationWindow', 'ec2:CreateTags', arn('ec2', 'instance/i-0mine'), {
    says: 'a tag of its own',
    keys: { 'aws:TagKeys': ['Name'] },
  }),
])

const controlPlane = about('elevated', 'control plane', [
  denies('ControlPlane', 's3:PutObject', 'arn:aws:s3:::{state}/sandbox-{other}/terraform.tfstate'),
  denies('ControlPlane', 's3:GetObject', 'arn:aws:s3:::{state}/sandbox-{other}/terraform.tfstate'),
  denies('ControlPlane', 's3:PutBucketPolicy', 'arn:aws:s3:::{state}'),
  denies('ControlPlane', 's3:DeleteBucket', 'arn:aws:s3:::{state}'),
  denies('ControlPlane', 's3:PutBucketLogging', 'arn:aws:s3:::{state}'),
  denies('ControlPlane', 's3:DeleteObject', 'arn:aws:s3:::{state}-logs/state/1', {
    says: 'who has read and written states',
  }),
  denies('ControlPlane', 'ssm:UpdateDocument', arn('ssm', 'document/kiro-session-shell')),
  denies('ControlPlane', 'ssm:UpdateDocument', arn('ssm', 'document/SSM-SessionManagerRunShell')),
  denies(
    'ControlPlane',
    'ssm:UpdateServiceSetting',
    arn('ssm', 'servicesetting/ssm/managed-instance/default-ec2-instance-management-role'),
  ),
  denies('ControlPlane', 'ssm:PutParameter', arn('ssm', 'parameter/kiro-sandbox/default/image/current'), {
    says: 'the image everybody boots from',
  }),
  denies('ControlPlane', 'logs:DeleteLogGroup', arn('logs', 'log-group:/kiro-sandbox/sessions')),
  denies('ControlPlane', 'logs:PutRetentionPolicy', arn('logs', 'log-group:/kiro-sandbox/sessions')),
  ...[
    'events:DisableRule',
    'events:DeleteRule',
    'events:PutRule',
    'events:RemoveTargets',
    'events:PutTargets',
  ].map((action) => denies('ControlPlane', action, arn('events', 'rule/kiro-alert-roles'))),
  ...['sns:DeleteTopic', 'sns:SetTopicAttributes', 'sns:RemovePermission', 'sns:Unsubscribe'].map((action) =>
    denies('ControlPlane', action, arn('sns', 'kiro-sandbox-alerts')),
  ),
  denies('ControlPlane', 'logs:DeleteLogGroup', arn('logs', 'log-group:/aws/events/kiro-sandbox-alerts')),
  denies(
    'ControlPlane',
    'cloudformation:DeleteStack',
    arn('cloudformation', 'stack/kiro-sandbox-bootstrap/1'),
  ),
])

const audit = about('elevated', 'audit stays on', [
  denies('AuditStaysOn', 'cloudtrail:StopLogging', arn('cloudtrail', 'trail/t')),
  denies('AuditStaysOn', 'cloudtrail:DeleteTrail', arn('cloudtrail', 'trail/t')),
  denies('AuditStaysOn', 'cloudtrail:PutEventSelectors', arn('cloudtrail', 'trail/t')),
  denies('AuditStaysOn', 'config:StopConfigurationRecorder'),
  denies('AuditStaysOn', 'guardduty:DeleteDetector', arn('guardduty', 'detector/d')),
  denies('AuditStaysOn', 'securityhub:DisableSecurityHub', arn('securityhub', 'hub/default')),
  denies('AuditStaysOn', 'access-analyzer:DeleteAnalyzer', arn('access-analyzer', 'analyzer/a')),
  denies('AuditStaysOn', 'inspector2:Disable'),
  denies('AuditStaysOn', 'macie2:DisableMacie'),
  denies('AuditStaysOn', 'ec2:DeleteFlowLogs', arn('ec2', 'vpc-flow-log/fl-1')),
  denies('AuditStaysOn', 'ec2:DisableEbsEncryptionByDefault'),
  denies('AuditStaysOn', 'ec2:ModifyInstanceMetadataDefaults'),
  denies('AuditStaysOn', 's3:PutAccountPublicAccessBlock'),
  denies('AuditStaysOn', 'sns:Unsubscribe', '*', { says: 'where AWS names no topic' }),
  denies('AuditStaysOn', 'sns:SetSubscriptionAttributes', '*', {
    says: 'a filter that lets nothing through',
  }),
  denies('AuditStaysOn', 'logs:DeleteResourcePolicy'),
  denies('AuditStaysOn', 'logs:PutResourcePolicy', '*', { says: 'the one by which alerts are written down' }),
])

const irreversible = about('elevated', 'irreversible', [
  denies('Irreversible', 'kms:ScheduleKeyDeletion', arn('kms', 'key/k')),
  denies('Irreversible', 'kms:PutKeyPolicy', arn('kms', 'key/k')),
  denies('Irreversible', 'kms:CreateGrant', arn('kms', 'key/k'), { says: 'for a person' }),
  denies('Irreversible', 'backup:DeleteBackupVault', arn('backup', 'backup-vault:v')),
  denies('Irreversible', 's3:BypassGovernanceRetention', 'arn:aws:s3:::kiro-proof-team/x'),
  denies('Irreversible', 'route53domains:TransferDomainToAnotherAwsAccount', '*', {
    says: '',
    keys: { 'aws:RequestedRegion': 'us-east-1' },
  }),
  denies('Irreversible', 'ec2:PurchaseReservedInstancesOffering'),
  denies('Irreversible', 'rds:PurchaseReservedDBInstancesOffering', arn('rds', 'ri:r')),
])

const elsewhere = about('elevated', 'other regions and other roads', [
  ...when({ says: 'in eu-west-1', keys: { 'aws:RequestedRegion': 'eu-west-1' } }, [
    denies('RegionLock', 'ec2:RunInstances', 'arn:aws:ec2:eu-west-1:{account}:instance/*'),
    denies('RegionLock', 'ec2:DescribeInstances'),
    denies('RegionLock', 's3:CreateBucket', 'arn:aws:s3:::kiro-proof-team'),
    denies('RegionLock', 'lambda:CreateFunction', 'arn:aws:lambda:eu-west-1:{account}:function:mine'),
    denies('RegionLock', 'dynamodb:CreateTable', 'arn:aws:dynamodb:eu-west-1:{account}:table/mine'),
  ]),
  allows('ElevationWindow', 's3:ListAllMyBuckets', '*', {
    says: 'a global question',
    keys: { 'aws:RequestedRegion': 'us-east-1' },
  }),
  allows('ElevationWindow', 'cloudfront:CreateDistribution', 'arn:aws:cloudfront::{account}:distribution/*', {
    says: 'a global service',
    keys: { 'aws:RequestedRegion': 'us-east-1' },
  }),
  denies('NoManagedMcp', 's3:CreateBucket', 'arn:aws:s3:::kiro-proof-team', {
    says: "through AWS's managed MCP server",
    keys: { 'aws:ViaAWSMCPService': 'true' },
  }),
  denies('NoManagedMcp', 'ec2:DescribeInstances', '*', {
    says: "through AWS's managed MCP server",
    keys: { 'aws:ViaAWSMCPService': 'true' },
  }),
])

export const elevatedGround: readonly Row[] = [
  ...job,
  ...sandboxes,
  ...forged,
  ...controlPlane,
  ...audit,
  ...irreversible,
  ...elsewhere,
]
